// How long a caller waits: until a deadline, or until its signal says so.

import { QuorateError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'

/** How long a call may take. Without any it waits for as long as the replica is open. */
export interface CallOptions {
  /** Milliseconds from the call on. */
  readonly deadlineMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Why somebody waits no more. */
export type GiveUpReason = 'Deadline' | 'Aborted'

const nothing = (): void => {}

export const isLimited = ({ deadlineMs, signal }: CallOptions): boolean =>
  deadlineMs !== undefined || signal !== undefined

/** Calls `giveUp` once, unless what this returns was called before. `cause` is the signal's reason. */
export function limitPatience(
  clock: Clock,
  call: CallOptions,
  giveUp: (reason: GiveUpReason, cause?: unknown) => void,
): () => void {
  if (!isLimited(call)) return nothing
  const { deadlineMs, signal } = call
  const abort = (): void => {
    end()
    giveUp('Aborted', signal?.reason)
  }
  const expire = (): void => {
    end()
    giveUp('Deadline')
  }
  const cancel = isLimit(deadlineMs) ? clock.setTimer(deadlineMs, expire) : nothing
  const end = (): void => {
    cancel()
    signal?.removeEventListener('abort', abort)
  }
  signal?.addEventListener('abort', abort)
  return end
}

const isLimit = (deadlineMs: number | undefined): deadlineMs is number =>
  deadlineMs !== undefined && deadlineMs !== Number.POSITIVE_INFINITY

/** @throws {QuorateError} `BadOption`: no such deadline; `Aborted`: the signal has fired already */
export function checkCall({ deadlineMs, signal }: CallOptions): void {
  if (deadlineMs !== undefined && !(deadlineMs >= 0))
    throw new QuorateError(
      'BadOption',
      `deadlineMs must be a number of milliseconds from 0 on, and is ${deadlineMs}`,
      { outcome: 'unapplied' },
    )
  if (signal?.aborted === true)
    throw new QuorateError('Aborted', 'The signal had fired before the call', {
      cause: signal.reason,
      outcome: 'unapplied',
    })
}

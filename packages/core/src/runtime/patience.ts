// How long a caller waits: until a deadline, or until its signal says so.

import { inspect } from 'node:util'
import { QuorateError } from '../errors.ts'
import { namesOf, unknownName } from '../known-names.ts'
import type { Clock } from '../ports/clock.ts'
import { onAbort } from './abort.ts'

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
  const unlisten = signal === undefined ? nothing : onAbort(signal, abort)
  const end = (): void => {
    cancel()
    unlisten()
  }
  return end
}

/** @throws {QuorateError} `BadOption`: it is none */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return
  bad('signal must be an AbortSignal: of an AbortController, give its .signal')
}

function bad(message: string): never {
  throw new QuorateError('BadOption', message, { outcome: 'unapplied' })
}

const isLimit = (deadlineMs: number | undefined): deadlineMs is number =>
  deadlineMs !== undefined && deadlineMs !== Number.POSITIVE_INFINITY

const callNames = namesOf<CallOptions>({ deadlineMs: true, signal: true })

/**
 * @param known the names that the call takes
 * @throws {QuorateError} `BadOption`: no such option, deadline or signal
 */
export function checkCallOptions(call: CallOptions, known: readonly string[] = callNames): void {
  if (typeof call !== 'object' || call === null)
    bad(`options of a call are an object of ${known.join(' and ')}, and not ${inspect(call)}`)
  const fault = unknownName(Object.keys(call), known, 'option ')
  if (fault !== null) bad(`In the options of a call ${fault}`)
  const { deadlineMs, signal } = call
  if (deadlineMs !== undefined && !(typeof deadlineMs === 'number' && deadlineMs >= 0))
    bad(`deadlineMs must be a number of milliseconds from 0 on, and is ${deadlineMs}`)
  checkSignal(signal)
}

/** @throws {QuorateError} `Aborted`: the signal has fired already */
export function checkPatience({ signal }: CallOptions): void {
  if (signal?.aborted === true)
    throw new QuorateError('Aborted', 'The signal had fired before the call', {
      cause: signal.reason,
      outcome: 'unapplied',
    })
}

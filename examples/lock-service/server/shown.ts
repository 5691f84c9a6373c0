// Locks and sessions as clients see them.

import type { Lock, LockState, Request } from '../machine/state.ts'
import { queueOf } from '../machine/state.ts'

export interface ShownRequest {
  readonly session: string
  readonly id: string
  readonly owner: string
  readonly mode: string
  readonly value: string | null
  /** Of this lock; `null`: it waits. */
  readonly token: number | null
}

export interface ShownLock {
  readonly lock: string
  /** Of a semaphore; 0: it is none. */
  readonly permits: number
  readonly delayedUntilMs: number
  readonly values: Readonly<Record<string, string>>
  readonly holders: readonly ShownRequest[]
  readonly waiters: readonly ShownRequest[]
}

/** Of each queue, at most. */
const shownMax = 100

export function showLock(state: LockState, lock: string): ShownLock | undefined {
  const found = state.locks.get(lock)
  return found && show(state, lock, found as Lock)
}

export function show(state: LockState, lock: string, { permits, delayedUntilMs, values }: Lock): ShownLock {
  const requests = (keys: LockState['queues']): ShownRequest[] =>
    [...keys.prefix(queueOf(lock), { limit: shownMax })].map(([, key]) =>
      showRequest(state.requests.get(key) as Request, lock),
    )
  return {
    lock,
    permits,
    delayedUntilMs,
    values,
    holders: requests(state.holders),
    waiters: requests(state.queues),
  }
}

function showRequest({ session, id, owner, value, wants, tokens }: Request, lock: string): ShownRequest {
  const place = wants.findIndex((want) => want.lock === lock)
  return { session, id, owner, value, mode: wants[place]?.mode ?? '', token: tokens?.[place] ?? null }
}

/** Whether a token is that of a holder, now. */
export const isHeldWith = (state: LockState, lock: string, token: number): boolean =>
  showLock(state, lock)?.holders.some((holder) => holder.token === token) ?? false

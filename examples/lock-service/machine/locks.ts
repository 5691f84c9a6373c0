// One lock: whether a request fits in, and what it counts. A lock that nobody uses is not there.

import type { Context } from '@quorate/core'
import { reject } from './rejections.ts'
import type { Lock, LockState, Want } from './state.ts'

type Locks = Pick<LockState, 'locks'>

const unused: Lock = { permits: 0, used: 0, sharers: 0, waiters: 0, delayedUntilMs: 0, values: {} }

const permitsOf = (want: Want): number => (want.mode === 'permits' ? want.of : 0)

const isIdle = ({ used, sharers, waiters }: Lock): boolean => used + sharers + waiters === 0

const delayTimer = (lock: string): string => `delay ${lock}`

export const lockOf = ({ locks }: Locks, name: string): Lock => locks.get(name) ?? unused

/** Whether it could be held this way beside those who hold it now. */
export function fits(lock: Lock, want: Want, nowMs: number): boolean {
  if (lock.delayedUntilMs > nowMs) return false
  if (want.mode === 'permits') return lock.used + want.count <= want.of
  return lock.used === 0 && (want.mode === 'shared' || lock.sharers === 0)
}

/** @throws {Rejection} `permits-differ`: it is in use as another kind of lock, or with another number of permits */
export function checkKind(lock: Lock, want: Want): void {
  const permits = permitsOf(want)
  if (isIdle(lock) || lock.permits === permits) return
  reject('permits-differ', `'${want.lock}' is in use as ${kind(lock.permits)}, and not as ${kind(permits)}`, {
    lock: want.lock,
    permits: lock.permits,
  })
}

const kind = (permits: number): string => (permits === 0 ? 'a lock' : `a semaphore of ${permits} permits`)

/** Counts a hold more, or one less. */
export function countHold(state: Locks, want: Want, by: 1 | -1): void {
  const lock = { ...lockOf(state, want.lock), permits: permitsOf(want) }
  const count = want.mode === 'permits' ? want.count : 1
  if (want.mode === 'shared') put(state, want.lock, { ...lock, sharers: lock.sharers + by })
  else put(state, want.lock, { ...lock, used: lock.used + by * count })
}

/** Counts a waiter more, or one less. */
export function countWaiter(state: Locks, want: Want, by: 1 | -1): void {
  const lock = lockOf(state, want.lock)
  put(state, want.lock, { ...lock, permits: permitsOf(want), waiters: lock.waiters + by })
}

/** Nobody gets it before then. */
export function delay(state: Locks, ctx: Context, name: string, untilMs: number): void {
  const lock = lockOf(state, name)
  if (untilMs <= lock.delayedUntilMs) return
  put(state, name, { ...lock, delayedUntilMs: untilMs })
  ctx.schedule(delayTimer(name), untilMs, 'endDelay', name)
}

/** Run by its timer. */
export function forgetDelay(state: Locks, name: string): void {
  const lock = state.locks.get(name)
  if (lock !== undefined) put(state, name, { ...lock, delayedUntilMs: 0 })
}

export function put({ locks }: Locks, name: string, lock: Lock): void {
  const isUnused = isIdle(lock) && lock.delayedUntilMs === 0 && Object.keys(lock.values).length === 0
  if (isUnused) locks.delete(name)
  else locks.set(name, lock)
}

// Who gets what. A request waits in the queue of each of its locks, and is granted when it is the first in all of them
// and fits in: strictly first come, first served. Two requests for several locks stand in the same order in all their
// queues, so they never wait for each other.

import type { Context } from '@quorate/core'
import { tell } from './events.ts'
import { fits, lockOf } from './locks.ts'
import { type Draft, dequeue, hold, holdsOf } from './requests.ts'
import { placeKey, queueOf, type Request, requestKey, type Want } from './state.ts'

/** Of the timer that ends the wait. */
export const waitTimer = ({ session, id }: Request): string => `wait ${requestKey(session, id)}`

/** Whether the session's time has come, also where its timer has not run yet: it gets nothing any more. */
export const isExpired = ({ sessions }: Draft, session: string, nowMs: number): boolean =>
  (sessions.get(session)?.expiresAtMs ?? 0) <= nowMs

/** Grants what can be granted now that these locks have changed. */
export function serve(state: Draft, ctx: Context, changed: Iterable<string>): void {
  const locks = new Set(changed)
  for (const lock of locks) {
    // A Set goes on with what is added while it is gone over.
    locks.delete(lock)
    serveFirst(state, ctx, lock, locks)
  }
}

function serveFirst(state: Draft, ctx: Context, lock: string, changed: Set<string>): void {
  for (let request = first(state, lock); request !== undefined; request = first(state, lock)) {
    if (isExpired(state, request.session, ctx.now)) drop(state, ctx, request, 'session-ended')
    else if (isGrantable(state, request, ctx.now)) grant(state, ctx, request)
    else return
    for (const { lock: other } of request.wants) if (other !== lock) changed.add(other)
  }
}

function first({ queues, requests }: Draft, lock: string): Request | undefined {
  for (const [, key] of queues.prefix(queueOf(lock), { limit: 1 })) return requests.get(key)
  return undefined
}

/** Whether all its locks are to be had now. */
export function isGrantable(state: Draft, request: Request, nowMs: number): boolean {
  if (state.paused) return false
  return request.wants.every((want) => {
    const { lock } = want
    if (reentered(state, request, want) !== undefined) return true
    return isFirst(state, lock, request.sequence) && fits(lockOf(state, lock), want, nowMs)
  })
}

function isFirst({ queues }: Draft, lock: string, sequence: number): boolean {
  const before = queues.range({ from: queueOf(lock), below: placeKey(lock, sequence), limit: 1 })
  return before.next().done === true
}

/** The locks are the request's; its tokens grow with each grant, and a lock that is entered again keeps its own. */
export function grant(state: Draft, ctx: Context, request: Request): readonly number[] {
  const tokens = request.wants.map((want) => reentered(state, request, want) ?? ++state.lastToken)
  hold(state, request, tokens)
  ctx.cancel(waitTimer(request))
  const { session, id } = request
  tell(ctx, { type: 'granted', session, id, tokens })
  for (const { lock } of request.wants) tell(ctx, { type: 'changed', lock })
  return tokens
}

/** Ends a request that waits. */
export function drop(state: Draft, ctx: Context, request: Request, reason: DropReason): void {
  dequeue(state, request)
  ctx.cancel(waitTimer(request))
  const { session, id } = request
  tell(ctx, { type: 'dropped', session, id, reason })
  for (const { lock } of request.wants) tell(ctx, { type: 'changed', lock })
}

export type DropReason = 'timeout' | 'cancelled' | 'session-ended'

/** The token with which its owner has the lock already, in a way that covers `want`. */
export function reentered(state: Draft, request: Request, want: Want): number | undefined {
  if (!request.isReentrant) return undefined
  for (const held of holdsOf(state, request, want.lock)) if (covers(held.want, want)) return held.token
  return undefined
}

const covers = (held: Want, want: Want): boolean =>
  held.mode === 'exclusive' ? want.mode !== 'permits' : held.mode === 'shared' && want.mode === 'shared'

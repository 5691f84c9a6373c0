// What a request is in the tables: in the queues of its locks while it waits, among their holders once it is granted.
// Nothing is decided here.

import type { DraftState } from '@quorate/core'
import { countHold, countWaiter } from './locks.ts'
import { type LockState, placeKey, type Request, requestKey, type Want } from './state.ts'

export type Draft = DraftState<LockState>

const keyOf = ({ session, id }: Request): string => requestKey(session, id)

const count = (state: Draft, { session }: Request, by: 1 | -1): void => {
  state.sessions.update(session, (each) => ({ ...each, requests: each.requests + by }))
}

/** All of a session. */
export function* requestsOf({ requests }: Draft, session: string): Iterable<Request> {
  for (const [, request] of requests.prefix(requestKey(session, ''))) yield request
}

/** Of an owner: how it holds a lock, and with which tokens. */
export function* holdsOf(
  state: Draft,
  { session, owner }: Pick<Request, 'session' | 'owner'>,
  lock: string,
): Iterable<{ readonly want: Want; readonly token: number }> {
  for (const request of requestsOf(state, session))
    if (request.owner === owner && request.tokens !== null)
      for (const [place, want] of request.wants.entries())
        if (want.lock === lock) yield { want, token: request.tokens[place] as number }
}

/** Puts it at the end of the queues. */
export function enqueue(state: Draft, request: Request): void {
  begin(state, request)
  state.requests.set(keyOf(request), request)
  state.waiting += 1
  for (const want of request.wants) {
    state.queues.set(placeKey(want.lock, request.sequence), keyOf(request))
    countWaiter(state, want, 1)
  }
}

/** It is gone from the queues, and from the tables. */
export function dequeue(state: Draft, request: Request): void {
  leaveQueues(state, request)
  state.requests.delete(keyOf(request))
  count(state, request, -1)
}

/** A request that waits, or that is not there yet, holds its locks from now on. */
export function hold(state: Draft, request: Request, tokens: readonly number[]): void {
  const key = keyOf(request)
  if (state.requests.has(key)) leaveQueues(state, request)
  else begin(state, request)
  state.requests.set(key, { ...request, tokens })
  for (const want of request.wants) {
    state.holders.set(placeKey(want.lock, request.sequence), key)
    countHold(state, want, 1)
  }
}

/** Nobody holds by it any more. */
export function unhold(state: Draft, request: Request): void {
  for (const want of request.wants) {
    state.holders.delete(placeKey(want.lock, request.sequence))
    countHold(state, want, -1)
  }
  state.requests.delete(keyOf(request))
  count(state, request, -1)
}

function begin(state: Draft, request: Request): void {
  state.lastSequence = request.sequence
  count(state, request, 1)
}

function leaveQueues(state: Draft, { wants, sequence }: Request): void {
  state.waiting -= 1
  for (const want of wants) {
    state.queues.delete(placeKey(want.lock, sequence))
    countWaiter(state, want, -1)
  }
}

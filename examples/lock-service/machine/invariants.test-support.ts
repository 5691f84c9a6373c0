// What holds of the state between any two commands. Written from the rules, and not from the reducers.

import { lockOf } from './locks.ts'
import type { LockState, Request } from './state.ts'

/** As readers have it. */
type Seen = Pick<
  LockState,
  'locks' | 'requests' | 'queues' | 'holders' | 'sessions' | 'paused' | 'lastToken' | 'waiting'
>

class Disorder extends Error {}

/** @throws {Disorder} */
export function assertOrderly(state: Seen, when: string): void {
  const requests = [...state.requests].map(([, request]) => request as Request)
  const names = new Set(requests.flatMap(({ wants }) => wants.map(({ lock }) => lock)))
  const check = (holds: boolean, what: string): void => {
    if (!holds) throw new Disorder(`${when}: ${what}`)
  }
  for (const name of names) {
    const of = requestsFor(requests, name)
    checkHolders(of.held, name, check)
    const { used, sharers, waiters } = lockOf(state, name)
    const counted = count(of.held, name)
    check(used === counted.used && sharers === counted.sharers, `'${name}' counts its holders wrongly`)
    check(waiters === of.waiting.length, `'${name}' counts its waiters wrongly`)
  }
  checkNobodyForgotten(state, requests, check)
  checkTokens(requests, state.lastToken, check)
  for (const { session } of requests) check(state.sessions.has(session), 'a request has outlived its session')
  check(state.waiting === requests.filter(({ tokens }) => tokens === null).length, 'the count of waiters')
}

type Check = (holds: boolean, what: string) => void

const wantOf = ({ wants }: Request, name: string) => wants.find(({ lock }) => lock === name)

function requestsFor(requests: readonly Request[], name: string) {
  const all = requests
    .filter((request) => wantOf(request, name) !== undefined)
    .sort((a, b) => a.sequence - b.sequence)
  return {
    held: all.filter(({ tokens }) => tokens !== null),
    waiting: all.filter(({ tokens }) => tokens === null),
  }
}

const ownerOf = ({ session, owner }: Request): string => JSON.stringify([session, owner])

/** One alone, or all share, or the permits suffice. What an owner has entered again is the owner's. */
function checkHolders(held: readonly Request[], name: string, check: Check): void {
  const alone = held.filter((request) => wantOf(request, name)?.mode === 'exclusive')
  if (alone.length > 0)
    check(new Set(held.map(ownerOf)).size === 1, `'${name}' has one who holds it alone, and others`)
  const permits = held.flatMap((request) => {
    const want = wantOf(request, name)
    return want?.mode === 'permits' ? [want] : []
  })
  const taken = permits.reduce((sum, { count }) => sum + count, 0)
  check(taken <= (permits[0]?.of ?? 0), `'${name}' has given out ${taken} permits`)
}

function count(held: readonly Request[], name: string): { readonly used: number; readonly sharers: number } {
  let [used, sharers] = [0, 0]
  for (const request of held) {
    const want = wantOf(request, name)
    if (want?.mode === 'shared') sharers += 1
    else used += want?.mode === 'permits' ? want.count : 1
  }
  return { used, sharers }
}

/** Nobody waits who is the first in all queues and would fit in: and nobody was granted before one who came earlier. */
function checkNobodyForgotten(state: Seen, requests: readonly Request[], check: Check): void {
  if (state.paused) return
  for (const request of requests) {
    if (request.tokens !== null) continue
    const isHeldUp = request.wants.some((want) => {
      const { held, waiting } = requestsFor(requests, want.lock)
      const { delayedUntilMs } = lockOf(state, want.lock)
      if (waiting[0] !== request || delayedUntilMs > 0) return true
      if (want.mode === 'permits') return count(held, want.lock).used + want.count > want.of
      return held.some((other) => want.mode === 'exclusive' || wantOf(other, want.lock)?.mode === 'exclusive')
    })
    check(isHeldUp, `${request.session}/${request.id} is forgotten`)
  }
}

/** Of each lock they grow with the order in which it was given; none is above the last. */
function checkTokens(requests: readonly Request[], last: number, check: Check): void {
  for (const { tokens } of requests)
    for (const token of tokens ?? []) check(token >= 1 && token <= last, `token ${token} is above ${last}`)
}

// Locks, sessions and requests as clients see them.

import { createHash } from 'node:crypto'
import { type RequestName, statusOf } from '../machine/acquire.ts'
import { lockOf } from '../machine/locks.ts'
import { reject } from '../machine/rejections.ts'
import {
  type Lock,
  type LockState,
  queueOf,
  type Request,
  requestKey,
  type Session,
  type Want,
} from '../machine/state.ts'
import type { LockInfo, LockRequest, SessionDetails, SessionInfo, TaggedLock } from './answers.ts'

/** Of a lock's holders, and of its waiters: where it is one of many, and where it is alone. */
const listedMax = 10
const shownMax = 1_000

export const listLock = (state: LockState, name: string, lock: Lock): LockInfo =>
  show(state, name, lock, listedMax)

/** Of a state, what has been shown of it: many may follow one lock. */
const shownOf = new WeakMap<LockState, Map<string, TaggedLock>>()

/** Also one that nobody uses. */
export function showLock(state: LockState, name: string): TaggedLock {
  const shown = shownOf.get(state) ?? new Map<string, TaggedLock>()
  shownOf.set(state, shown)
  const lock = shown.get(name) ?? showTagged(state, name)
  shown.set(name, lock)
  return lock
}

function showTagged(state: LockState, name: string): TaggedLock {
  const shown = show(state, name, lockOf(state, name), shownMax)
  const tag = createHash('sha256').update(JSON.stringify(shown)).digest('base64url').slice(0, 16)
  return { ...shown, tag }
}

function show(state: LockState, name: string, lock: Lock, most: number): LockInfo {
  const { permits, used, sharers, waiters: waiting, delayedUntilMs, values } = lock
  const requests = (keys: LockState['queues']): LockRequest[] =>
    [...keys.prefix(queueOf(name), { limit: most })].map(([, key]) =>
      showRequest(state.requests.get(key) as Request, name),
    )
  return {
    ...{ lock: name, permits, used, sharers, waiting, delayedUntilMs, values },
    holders: requests(state.holders),
    waiters: requests(state.queues),
  }
}

function showRequest({ session, id, owner, value, wants, tokens }: Request, lock: string): LockRequest {
  const place = wants.findIndex((want) => want.lock === lock)
  const want = wants[place] as Want
  const count = want.mode === 'permits' ? want.count : 1
  return { session, id, owner, value, mode: want.mode, count, token: tokens?.[place] ?? null }
}

/** Whether a token is that of a holder, now. */
export function isHeldWith(state: LockState, lock: string, token: number): boolean {
  for (const [, key] of state.holders.prefix(queueOf(lock)))
    if (showRequest(state.requests.get(key) as Request, lock).token === token) return true
  return false
}

export const listSession = (session: string, { client, ...rest }: Session): SessionInfo => ({
  ...{ session, client },
  ...rest,
})

/** @throws {Rejection} `no-session` */
export function showSession(state: LockState, name: string): SessionDetails {
  const session = state.sessions.get(name) ?? noSession()
  const requests = [...state.requests.prefix(requestKey(name, ''), { limit: shownMax })]
  return {
    ...listSession(name, session),
    requestList: requests.map(([, { id, owner, wants, value, tokens }]) => ({
      ...{ id, owner, wants: [...wants], value },
      tokens: tokens && byLock(wants, tokens),
    })),
  }
}

export type ShownStatus =
  | { readonly status: 'granted'; readonly tokens: Record<string, number> }
  | { readonly status: 'waiting'; readonly ahead: number }
  | { readonly status: 'none' }

/** @throws {Rejection} `no-session`: and so it holds nothing */
export function showStatus(state: LockState, name: RequestName): ShownStatus {
  const status = statusOf(state as never, name)
  if (status.status === 'none' && !state.sessions.has(name.session)) noSession()
  if (status.status !== 'granted') return status
  const { wants } = state.requests.get(requestKey(name.session, name.id)) as Request
  return { status: 'granted', tokens: byLock(wants, status.tokens) }
}

const byLock = (wants: readonly Want[], tokens: readonly number[]): Record<string, number> =>
  Object.fromEntries(wants.map(({ lock }, place) => [lock, tokens[place] as number]))

const noSession = (): never =>
  reject('no-session', 'There is no such session, or no more: all that it held is given to others')

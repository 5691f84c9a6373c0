// Sessions live on cluster time. One has one timer, which looks when it fires whether the session was kept alive since
// it was set: so to keep one alive costs no timer.

import type { Context } from '@quorate/core'
import { checkSession, locksOf } from './acquire.ts'
import { leaveBarriers } from './barriers.ts'
import { type SessionEnd, tell } from './events.ts'
import { delay } from './locks.ts'
import { checkName, idLengthMax } from './names.ts'
import { reject } from './rejections.ts'
import { type Draft, requestsOf, unhold } from './requests.ts'
import { drop, serve } from './serve.ts'
import type { Request, Session } from './state.ts'

export interface OpenSessionInput {
  /** Drawn by the server, so that one that is sent again is the same session. */
  readonly id: string
  readonly client: string
  readonly ttlMs: number
  readonly lockDelayMs: number
}

export interface SessionLease {
  readonly ttlMs: number
  readonly expiresAtMs: number
}

const timerOf = (id: string): string => `session ${id}`

export function openSession(state: Draft, input: OpenSessionInput, ctx: Context): SessionLease {
  const { id, client } = input
  checkName('id', id, idLengthMax)
  checkName('client', client, idLengthMax)
  const before = state.sessions.get(id)
  if (before?.client === client) return leaseOf(before)
  if (before !== undefined) reject('session-exists', 'Another client has a session of this id')
  checkRoom(state, client, ctx)
  const session = makeSession(state, input, ctx)
  state.sessions.set(id, session)
  state.clients.set(client, (state.clients.get(client) ?? 0) + 1)
  ctx.schedule(timerOf(id), session.expiresAtMs, 'expireSession', id)
  return leaseOf(session)
}

/** Its time begins anew. */
export function keepAlive(state: Draft, id: string, ctx: Context): SessionLease {
  const session = checkSession(state, id, ctx)
  const kept = { ...session, expiresAtMs: ctx.now + session.ttlMs }
  state.sessions.set(id, kept)
  return leaseOf(kept)
}

/** Harmless where it has ended already. */
export function closeSession(state: Draft, id: string, ctx: Context): void {
  if (state.sessions.has(id)) end(state, ctx, id, 'closed')
}

/** Run by its timer. */
export function expireSession(state: Draft, id: string, ctx: Context): void {
  const session = state.sessions.get(id)
  if (session === undefined) return
  if (session.expiresAtMs > ctx.now) ctx.schedule(timerOf(id), session.expiresAtMs, 'expireSession', id)
  else end(state, ctx, id, 'expired')
}

/** What it held goes to those who wait. */
export function end(state: Draft, ctx: Context, id: string, reason: SessionEnd): void {
  const { client, lockDelayMs } = state.sessions.get(id) as Session
  const changed = new Set<string>()
  for (const request of [...requestsOf(state, id)]) {
    for (const lock of locksOf(request)) changed.add(lock)
    if (request.tokens === null) drop(state, ctx, request, 'session-ended')
    else lose(state, ctx, request, 'session-ended', reason === 'closed' ? 0 : lockDelayMs)
  }
  leaveBarriers(state, id)
  forget(state, id, client)
  ctx.cancel(timerOf(id))
  tell(ctx, { type: 'session-ended', session: id, reason })
  serve(state, ctx, changed)
}

/** A holder has no more what it held. */
export function lose(
  state: Draft,
  ctx: Context,
  request: Request,
  reason: 'session-ended' | 'forced',
  lockDelayMs: number,
): void {
  const { session, id } = request
  unhold(state, request)
  if (lockDelayMs > 0) for (const lock of locksOf(request)) delay(state, ctx, lock, ctx.now + lockDelayMs)
  tell(ctx, { type: 'lost', session, id, reason })
  for (const lock of locksOf(request)) tell(ctx, { type: 'changed', lock })
}

function makeSession({ config }: Draft, input: OpenSessionInput, { now }: Context): Session {
  const { client, ttlMs, lockDelayMs } = input
  for (const each of [ttlMs, lockDelayMs])
    if (!Number.isFinite(each) || each < 0)
      reject('bad-request', 'ttlMs and lockDelayMs are milliseconds, from 0 on')
  const lease = Math.round(Math.min(Math.max(ttlMs, config.ttlMinMs), config.ttlMaxMs))
  return {
    ...{ client, ttlMs: lease, expiresAtMs: now + lease, requests: 0 },
    lockDelayMs: Math.round(Math.min(lockDelayMs, config.lockDelayMaxMs)),
  }
}

function checkRoom(
  { sessions, clients, config, draining }: Draft,
  client: string,
  { origin }: Context,
): void {
  const { sessionsMax, sessionsPerClientMax } = config
  if (origin !== null && draining.includes(origin.nodeid))
    reject('draining', `Node ${origin.nodeid} takes no new sessions: open one on another node`)
  if (sessions.size >= sessionsMax)
    reject('too-many-sessions', `There are ${sessionsMax} sessions; sessionsMax says so`)
  if ((clients.get(client) ?? 0) >= sessionsPerClientMax)
    reject('too-many-sessions', `'${client}' has ${sessionsPerClientMax} sessions: close some first`)
}

function forget({ sessions, clients }: Draft, id: string, client: string): void {
  sessions.delete(id)
  const left = (clients.get(client) ?? 0) - 1
  if (left > 0) clients.set(client, left)
  else clients.delete(client)
}

const leaseOf = ({ ttlMs, expiresAtMs }: Session): SessionLease => ({ ttlMs, expiresAtMs })

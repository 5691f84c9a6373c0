// What operators do. Each of it leaves a record.

import type { Context } from '@quorate/core'
import { locksOf } from './acquire.ts'
import type { Config } from './config.ts'
import { forgetDelay } from './locks.ts'
import { checkName, idLengthMax } from './names.ts'
import { reject } from './rejections.ts'
import type { Draft } from './requests.ts'
import { serve } from './serve.ts'
import { end, lose } from './sessions.ts'
import { type AuditRecord, ordinal, queueOf, type Request } from './state.ts'

/** Who asks for it. */
interface Signed {
  readonly by: string
}

/** Whoever holds the lock loses it, with all that the same request holds, without a lock delay. */
export function forceRelease(
  state: Draft,
  { lock, by }: Signed & { readonly lock: string },
  ctx: Context,
): { readonly requests: number } {
  const requests = [...state.holders.prefix(queueOf(lock))].map(
    ([, key]) => state.requests.get(key) as Request,
  )
  if (requests.length === 0) reject('no-lock', `Nobody holds '${lock}'`)
  record(state, ctx, by, 'force-release', { lock, requests: requests.length })
  for (const request of requests) lose(state, ctx, request, 'forced', 0)
  forgetDelay(state, lock)
  serve(state, ctx, requests.flatMap(locksOf))
  return { requests: requests.length }
}

export function endSession(
  state: Draft,
  { session, by }: Signed & { readonly session: string },
  ctx: Context,
): void {
  if (!state.sessions.has(session)) reject('no-session', 'There is no such session')
  record(state, ctx, by, 'end-session', { session })
  end(state, ctx, session, 'ended-by-operator')
}

/** Nothing is granted from now on, or again: what waits gets what is free. */
export function pause(
  state: Draft,
  { paused, by }: Signed & { readonly paused: boolean },
  ctx: Context,
): void {
  record(state, ctx, by, paused ? 'pause' : 'resume', {})
  state.paused = paused
  if (!paused) serve(state, ctx, waitedFor(state))
}

/** A node takes no new sessions from now on, or again. */
export function drain(
  state: Draft,
  { nodeid, draining, by }: Signed & { readonly nodeid: number; readonly draining: boolean },
  ctx: Context,
): void {
  if (!Number.isSafeInteger(nodeid)) reject('bad-request', 'nodeid must be a number')
  record(state, ctx, by, draining ? 'drain' : 'undrain', { nodeid })
  const others = state.draining.filter((each) => each !== nodeid)
  state.draining = draining ? [...others, nodeid] : others
}

export function configure(state: Draft, config: Config): void {
  state.config = config
}

/** Each lock that somebody waits for, once. */
function* waitedFor({ queues }: Draft): Iterable<string> {
  let last: string | undefined
  for (const [place] of queues) {
    const lock = place.slice(0, place.lastIndexOf('\0'))
    if (lock !== last) yield lock
    last = lock
  }
}

function record(
  state: Draft,
  { now: atMs }: Context,
  by: string,
  action: string,
  details: AuditRecord['details'],
): void {
  checkName('by', by, idLengthMax)
  state.audit.set(ordinal(++state.audited), { atMs, by, action, details })
  while (state.audit.size > state.config.auditMax)
    state.audit.delete((state.audit.first() as [string, unknown])[0])
}

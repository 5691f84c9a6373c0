// What sessions ask for: locks, the end of a wait, and to give back.

import type { Context } from '@quorate/core'
import { type CycleStep, findCycle } from './deadlock.ts'
import { tell } from './events.ts'
import { checkKind, lockOf } from './locks.ts'
import { checkName, checkValue, idLengthMax } from './names.ts'
import { reject } from './rejections.ts'
import { type Draft, enqueue, holdsOf, unhold } from './requests.ts'
import { drop, grant, isExpired, isGrantable, serve, waitTimer } from './serve.ts'
import { type Request, requestKey, type Session, type Want } from './state.ts'

/** Of one request, so that none is long. */
const wantsMax = 64
const waitMsMax = 365 * 24 * 3_600_000

export interface AcquireInput {
  readonly session: string
  /** Chosen by the client: a request that is sent again is the same one. */
  readonly id: string
  readonly owner: string
  /** All of them in one step, or none. */
  readonly wants: readonly Want[]
  /** How long it may wait; 0: not at all, `null`: for ever. */
  readonly waitMs: number | null
  readonly reentrant: boolean
  readonly detectDeadlock: boolean
  /** What others see of the holder. */
  readonly value: string | null
}

export type RequestStatus =
  | { readonly status: 'granted'; readonly tokens: readonly number[] }
  /** So many are before it, at most. */
  | { readonly status: 'waiting'; readonly ahead: number }
  /** It is not waiting, and holds nothing. */
  | { readonly status: 'none' }

export interface RequestName {
  readonly session: string
  readonly id: string
}

export function acquire(state: Draft, input: AcquireInput, ctx: Context): RequestStatus {
  const session = checkSession(state, input.session, ctx)
  checkInput(input)
  const before = statusOf(state, input)
  if (before.status !== 'none') return before
  const request = makeRequest(state, input)
  checkBounds(state, session, request)
  for (const want of request.wants) checkWant(state, request, want)
  if (isGrantable(state, request, ctx.now)) return { status: 'granted', tokens: grant(state, ctx, request) }
  if (input.waitMs === 0) return { status: 'none' }
  return wait(state, ctx, request, input)
}

/** What became of a request. */
export function statusOf(state: Draft, { session, id }: RequestName): RequestStatus {
  const request = state.requests.get(requestKey(session, id))
  if (request === undefined) return { status: 'none' }
  const { tokens, wants } = request
  if (tokens !== null) return { status: 'granted', tokens }
  return { status: 'waiting', ahead: Math.max(...wants.map(({ lock }) => lockOf(state, lock).waiters - 1)) }
}

/** Ends a wait, or gives back what is held; `released`: something was held. Harmless where it has been done already. */
export function release(state: Draft, name: RequestName, ctx: Context): { readonly released: boolean } {
  const request = state.requests.get(requestKey(name.session, name.id))
  if (request === undefined) return { released: false }
  if (request.tokens === null) drop(state, ctx, request, 'cancelled')
  else {
    unhold(state, request)
    for (const { lock } of request.wants) tell(ctx, { type: 'changed', lock })
  }
  serve(state, ctx, locksOf(request))
  return { released: request.tokens !== null }
}

/** Run by the timer of a wait. */
export function giveUp(state: Draft, { session, id }: RequestName, ctx: Context): void {
  const request = state.requests.get(requestKey(session, id))
  if (request === undefined || request.tokens !== null) return
  drop(state, ctx, request, 'timeout')
  serve(state, ctx, locksOf(request))
}

export const locksOf = ({ wants }: Request): string[] => wants.map(({ lock }) => lock)

/** @throws {Rejection} `no-session`: there is none, or its time has come */
export function checkSession(state: Draft, id: string, { now }: Context): Session {
  const session = typeof id === 'string' ? state.sessions.get(id) : undefined
  if (session !== undefined && !isExpired(state, id, now)) return session
  return reject('no-session', 'The session has ended, and with it all that it held: open another one')
}

function makeRequest(state: Draft, { session, id, owner, wants, reentrant, value }: AcquireInput): Request {
  const sequence = state.lastSequence + 1
  return { session, id, owner, wants, isReentrant: reentrant, value, sequence, tokens: null }
}

function checkInput({ id, owner, wants, waitMs, value }: AcquireInput): void {
  checkName('id', id, idLengthMax)
  if (owner !== '') checkName('owner', owner, idLengthMax)
  checkValue('value', value)
  if (wants.length < 1 || wants.length > wantsMax)
    reject('bad-request', `A request is for 1 to ${wantsMax} locks, and not for ${wants.length}`)
  for (const { lock } of wants) checkName('lock', lock)
  if (new Set(wants.map(({ lock }) => lock)).size < wants.length)
    reject('bad-request', 'The request names a lock twice')
  for (const want of wants) checkPermits(want)
  if (waitMs !== null && !(Number.isSafeInteger(waitMs) && waitMs >= 0 && waitMs <= waitMsMax))
    reject('bad-request', `waitMs must be a whole number from 0 to ${waitMsMax}, or null`)
}

function checkPermits(want: Want): void {
  if (want.mode !== 'permits') return
  const { count, of } = want
  if (!(Number.isSafeInteger(of) && Number.isSafeInteger(count) && 1 <= count && count <= of))
    reject('bad-request', `'${want.lock}': permits must be whole numbers, from 1 to as many as there are`)
}

function checkBounds({ locks, config }: Draft, session: Session, { wants }: Request): void {
  const { requestsPerSessionMax, locksMax } = config
  if (session.requests >= requestsPerSessionMax)
    reject(
      'too-many-requests',
      `The session has ${requestsPerSessionMax} requests: give something back first`,
    )
  const added = wants.filter(({ lock }) => !locks.has(lock)).length
  if (added > 0 && locks.size + added > locksMax)
    reject('too-many-locks', `${locksMax} locks are in use; locksMax says so`)
}

function checkWant(state: Draft, request: Request, want: Want): void {
  checkKind(lockOf(state, want.lock), want)
  if (want.mode !== 'exclusive') return
  for (const { want: held } of holdsOf(state, request, want.lock))
    if (held.mode === 'shared')
      reject(
        'upgrade-refused',
        `This owner shares '${want.lock}', and cannot get it alone meanwhile: two who try that wait for each other. ` +
          'Give it back, then ask for it exclusively; what it protects may have changed in between',
        { lock: want.lock },
      )
}

function wait(state: Draft, ctx: Context, request: Request, input: AcquireInput): RequestStatus {
  checkQueues(state, request)
  const cycle = input.detectDeadlock ? findCycle(state, request) : null
  if (cycle !== null) reject('deadlock', inWords(cycle), { cycle })
  enqueue(state, request)
  const { session, id, waitMs } = input
  if (waitMs !== null) ctx.schedule(waitTimer(request), ctx.now + waitMs, 'giveUp', { session, id })
  for (const { lock } of request.wants) tell(ctx, { type: 'changed', lock })
  return statusOf(state, request)
}

function checkQueues(state: Draft, { wants }: Request): void {
  const { waitersPerLockMax, waitersMax } = state.config
  for (const { lock } of wants)
    if (lockOf(state, lock).waiters >= waitersPerLockMax)
      reject('too-many-waiters', `${waitersPerLockMax} requests wait for '${lock}': try again later`, {
        lock,
      })
  if (state.waiting >= waitersMax)
    reject('too-many-waiters', `${waitersMax} requests wait in the whole service: try again later`)
}

function inWords(cycle: readonly CycleStep[]): string {
  const steps = cycle.map(({ session, owner, lock }) => `${owner || session} waits for '${lock}'`)
  return `This would wait for itself: ${steps.join(', whose holder ')}, which the first one holds`
}

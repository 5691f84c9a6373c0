// Barriers, which open when so many have come, and countdowns, which open when so many have counted.

import type { Context } from '@quorate/core'
import { checkSession } from './acquire.ts'
import { tell } from './events.ts'
import { checkName, idLengthMax } from './names.ts'
import { reject } from './rejections.ts'
import type { Draft } from './requests.ts'
import { type Arrival, type Barrier, requestKey } from './state.ts'

const partiesMax = 10_000

export interface ArriveInput {
  readonly session: string
  readonly id: string
  readonly barrier: string
  /** All who come say the same number. */
  readonly parties: number
}

export interface ArrivalStatus {
  readonly isOpen: boolean
}

/** Comes to a barrier. Asked again it says whether it has opened since. */
export function arrive(state: Draft, input: ArriveInput, ctx: Context): ArrivalStatus {
  checkSession(state, input.session, ctx)
  checkArrival(input)
  const key = requestKey(input.session, input.id)
  const before = state.arrivals.get(key)
  if (before !== undefined) return { isOpen: isOpen(state, before) }
  const barrier = barrierFor(state, input)
  state.arrivals.set(key, { barrier: input.barrier, opened: barrier.opened })
  const arrived = barrier.arrived + 1
  const isLast = arrived === barrier.parties
  state.barriers.set(input.barrier, {
    ...{ parties: barrier.parties, present: barrier.present + 1 },
    ...(isLast ? { arrived: 0, opened: barrier.opened + 1 } : { arrived, opened: barrier.opened }),
  })
  if (isLast) tell(ctx, { type: 'barrier-opened', barrier: input.barrier })
  return { isOpen: isLast }
}

/** Goes on, or gives up; whoever comes next does not find it there. */
export function leave(
  state: Draft,
  { session, id }: { readonly session: string; readonly id: string },
): void {
  const key = requestKey(session, id)
  const arrival = state.arrivals.get(key)
  if (arrival === undefined) return
  const barrier = state.barriers.get(arrival.barrier) as Barrier
  const arrived = isOpen(state, arrival) ? barrier.arrived : barrier.arrived - 1
  state.arrivals.delete(key)
  if (barrier.present === 1) state.barriers.delete(arrival.barrier)
  else state.barriers.set(arrival.barrier, { ...barrier, arrived, present: barrier.present - 1 })
}

export function leaveBarriers(state: Draft, session: string): void {
  const prefix = requestKey(session, '')
  for (const [key] of state.arrivals.prefix(prefix)) leave(state, { session, id: key.slice(prefix.length) })
}

export interface CountdownInput {
  readonly countdown: string
  readonly count: number
}

/** Begins one; what is there already stays, if it was begun with the same count. */
export function beginCountdown(
  state: Draft,
  { countdown, count }: CountdownInput,
): { readonly left: number } {
  checkName('countdown', countdown)
  checkParties(count)
  const before = state.countdowns.get(countdown)
  if (before === undefined) {
    if (state.countdowns.size >= state.config.locksMax)
      reject('too-many-locks', `There are ${state.config.locksMax} countdowns; locksMax says so`)
    state.countdowns.set(countdown, { left: count, parties: [] })
    return { left: count }
  }
  if (before.left + before.parties.length !== count)
    reject(
      'permits-differ',
      `'${countdown}' counts down from ${before.left + before.parties.length}, not ${count}`,
    )
  return { left: before.left }
}

/** Each party counts once, however often it is sent; 0 is left where there is none, which is open. */
export function countDown(
  state: Draft,
  { countdown, party }: { readonly countdown: string; readonly party: string },
  ctx: Context,
): { readonly left: number } {
  checkName('party', party, idLengthMax)
  const before = state.countdowns.get(countdown)
  if (before === undefined || before.parties.includes(party)) return { left: before?.left ?? 0 }
  const left = before.left - 1
  if (left === 0) state.countdowns.delete(countdown)
  else state.countdowns.set(countdown, { left, parties: [...before.parties, party] })
  tell(ctx, { type: 'countdown-changed', countdown, left })
  return { left }
}

/** Whether the barrier has opened to an arrival; not to one that is not there. */
export function hasOpened(
  state: Draft,
  { session, id }: { readonly session: string; readonly id: string },
): boolean {
  const arrival = state.arrivals.get(requestKey(session, id))
  return arrival !== undefined && isOpen(state, arrival)
}

const isOpen = ({ barriers }: Draft, { barrier, opened }: Arrival): boolean =>
  (barriers.get(barrier) as Barrier).opened > opened

function barrierFor({ barriers, config }: Draft, { barrier: name, parties }: ArriveInput): Barrier {
  const barrier = barriers.get(name)
  if (barrier === undefined) {
    if (barriers.size >= config.locksMax) reject('too-many-locks', `There are ${config.locksMax} barriers`)
    return { parties, arrived: 0, opened: 0, present: 0 }
  }
  if (barrier.parties !== parties)
    reject('permits-differ', `'${name}' opens to ${barrier.parties} parties, and not to ${parties}`)
  return barrier
}

function checkArrival({ id, barrier, parties }: ArriveInput): void {
  checkName('id', id, idLengthMax)
  checkName('barrier', barrier)
  checkParties(parties)
}

function checkParties(count: number): void {
  if (!(Number.isSafeInteger(count) && count >= 1 && count <= partiesMax))
    reject('bad-request', `The number of parties must be a whole number from 1 to ${partiesMax}`)
}

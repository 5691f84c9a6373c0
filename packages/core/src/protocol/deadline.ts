// The one deadline, and what is due at it.

import { sendTick } from './client/origin.ts'
import { tickDueMs } from './client/time.ts'
import { startRound } from './round/coordinator.ts'
import { decide } from './round/decide.ts'
import { mayTakeOver, resetTakeover } from './round/takeover.ts'
import type { State } from './state.ts'
import { onStall } from './transfer/joiner.ts'

/** When `time` has to come next; infinite: nothing waits for it. */
export function deadlineOf(state: State): number {
  const { round, joiner, donor } = state
  let deadline = Number.POSITIVE_INFINITY
  const consider = (ms: number | null): void => {
    if (ms !== null && ms < deadline) deadline = ms
  }
  if (round !== null && round.install === null && !round.expired) consider(round.deadlineMs)
  consider(state.delayedRoundMs)
  if (mayTakeOver(state)) consider(state.takeoverMs)
  if (joiner !== null) consider(joiner.stallMs)
  if (donor !== null) consider(donor.idleMs)
  consider(tickDueMs(state))
  return deadline
}

export function onTime(state: State): void {
  const { nowMs, round, joiner, donor } = state
  const due = (ms: number | null): boolean => ms !== null && ms <= nowMs
  if (round !== null && round.install === null && !round.expired && due(round.deadlineMs)) {
    round.expired = true
    decide(state)
  }
  if (due(state.delayedRoundMs)) startRound(state)
  if (mayTakeOver(state) && due(state.takeoverMs)) takeOver(state)
  if (joiner !== null && joiner === state.joiner && due(joiner.stallMs)) onStall(state, joiner)
  if (donor !== null && due(donor.idleMs)) state.donor = null
  if (due(tickDueMs(state))) sendTick(state)
}

/** Nothing was installed for too long: the next in rank tries. */
function takeOver(state: State): void {
  if (state.lastCoordinator !== null) state.failedCoordinators.add(state.lastCoordinator)
  resetTakeover(state)
  startRound(state)
}

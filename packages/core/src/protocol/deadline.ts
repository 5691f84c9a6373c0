// The one deadline, and what is due at it.

import { sendTick } from './client/origin.ts'
import { tickDueMs } from './client/time.ts'
import { doubleCollection, startRound } from './round/coordinator.ts'
import { decide } from './round/decide.ts'
import { mayTakeOver, resetTakeover } from './round/takeover.ts'
import type { State } from './state.ts'
import { dropSnapshot } from './transfer/donor.ts'
import { onStall } from './transfer/joiner.ts'

const never = Number.POSITIVE_INFINITY

/** When `time` has to come next; infinite: nothing waits for it. */
export function deadlineOf(state: State): number {
  return Math.min(
    collectedMs(state),
    state.delayedRoundMs ?? never,
    takeoverMs(state),
    state.joiner?.stallMs ?? never,
    state.donor?.idleMs ?? never,
    tickDueMs(state) ?? never,
  )
}

export function onTime(state: State): void {
  const { nowMs, round, joiner, donor } = state
  if (round !== null && collectedMs(state) <= nowMs) {
    round.expired = true
    decide(state)
  }
  if ((state.delayedRoundMs ?? never) <= nowMs) startRound(state)
  if (takeoverMs(state) <= nowMs) takeOver(state)
  if (joiner !== null && joiner === state.joiner && joiner.stallMs <= nowMs) onStall(state, joiner)
  if (donor !== null && donor.idleMs <= nowMs) dropSnapshot(state)
  if ((tickDueMs(state) ?? never) <= nowMs) sendTick(state)
}

/** When the own round waits for nobody any more. */
function collectedMs({ round }: State): number {
  return round !== null && round.install === null && !round.expired ? round.deadlineMs : never
}

function takeoverMs(state: State): number {
  return mayTakeOver(state) ? (state.takeoverMs ?? never) : never
}

/** Nothing was installed for too long: the next in rank tries, and gives it more time. */
function takeOver(state: State): void {
  if (state.lastCoordinator !== null) state.failedCoordinators.add(state.lastCoordinator)
  doubleCollection(state)
  resetTakeover(state)
  startRound(state)
}

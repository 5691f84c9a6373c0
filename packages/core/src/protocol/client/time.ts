// Cluster time: the highest estimate that an entry has carried. Design: docs/protocol.md, "Cluster time, timers".

import type { AppliedInput } from '../input.ts'
import { rankOf } from '../round/takeover.ts'
import type { State } from '../state.ts'

/** Goes on from the cluster time that was applied, with the own monotonic clock. Before that the node's wall clock. */
export function estimateTime({ clusterTimeMs, clusterTimeAtMs, nowMs }: State): number {
  return clusterTimeMs + nowMs - clusterTimeAtMs
}

export function noteTime(state: State, { timeMs, nextTimerMs }: AppliedInput): void {
  // An estimate that is ahead stays: each batch carries the time at which it was sent, so that with one always under
  // way a clock that went back to what is applied would hardly move.
  state.clusterTimeMs = state.applied === 0 ? timeMs : Math.max(timeMs, estimateTime(state))
  state.clusterTimeAtMs = state.nowMs
  state.nextTimerMs = nextTimerMs
  state.tickSentMs = null
}

/** When this member proposes a TICK: the coordinator when a timer is due, the others behind it by rank. */
export function tickDueMs(state: State): number | null {
  const { active, nextTimerMs, tickSentMs, nowMs, timeouts } = state
  // A tick in the log will do, whosever it is; where nothing is committed, more of them must not pile up.
  if (!active || nextTimerMs === null || state.tickIndex > state.commit) return null
  if (tickSentMs !== null) return tickSentMs + timeouts.tickMs
  const dueMs = nowMs + nextTimerMs - estimateTime(state)
  return dueMs + rankOf(state) * timeouts.tickMs
}

// Cluster time: the highest estimate that an entry has carried. Design: docs/protocol.md, "Cluster time, timers".

import type { AppliedInput, WallInput } from '../input.ts'
import { rankOf } from '../round/takeover.ts'
import type { State } from '../state.ts'

/** How much faster or slower the coordinator's estimate may go: as NTP slews a clock, 0.5 ms in a second. */
const slewRate = 0.0005

/** By this node's wall clock: only for the moment at which cluster time begins. */
export function wallTime({ wallOffsetMs, nowMs }: State): number {
  return wallOffsetMs + nowMs
}

/** Goes on from the cluster time that was applied, with the own monotonic clock, and never back. 0: not known here. */
export function estimateTime(state: State): number {
  const { clusterTimeMs, clusterTimeAtMs, nowMs } = state
  if (clusterTimeMs === null) return 0
  const elapsedMs = nowMs - clusterTimeAtMs
  return clusterTimeMs + elapsedMs + slewMs(state, clusterTimeMs, slewRate * elapsedMs)
}

/** What the coordinator has approached its wall clock by. */
function slewMs(state: State, clusterTimeMs: number, slewMsMax: number): number {
  const { self, epoch, wallOffsetMs, clusterTimeAtMs } = state
  if (epoch.ballot.incarnation !== self.incarnation) return 0
  const aheadMs = wallOffsetMs + clusterTimeAtMs - clusterTimeMs
  return Math.max(-slewMsMax, Math.min(slewMsMax, aheadMs))
}

/** To be called before what the estimate rests on changes: it goes on from where it is. */
export function holdEstimate(state: State): void {
  if (state.clusterTimeMs === null) return
  state.clusterTimeMs = estimateTime(state)
  state.clusterTimeAtMs = state.nowMs
}

export function onWall(state: State, { offsetMs }: WallInput): void {
  holdEstimate(state)
  state.wallOffsetMs = offsetMs
}

export function noteTime(state: State, { timeMs, nextTimerMs }: AppliedInput): void {
  // An estimate that is ahead stays: each batch carries the time at which it was sent, so that with one always under
  // way a clock that went back to what is applied would hardly move.
  state.clusterTimeMs = Math.max(timeMs, estimateTime(state))
  state.clusterTimeAtMs = state.nowMs
  state.nextTimerMs = nextTimerMs
}

/** When this member proposes a TICK: the coordinator when a timer is due, the others behind it by rank. */
export function tickDueMs(state: State): number | null {
  const { active, nextTimerMs, tickInFlight, tickIndex, commit, nowMs, timeouts } = state
  // A tick in the log will do, whosever it is; where nothing is sent or committed, more of them must not pile up.
  if (!active || nextTimerMs === null || tickInFlight || tickIndex > commit) return null
  const dueMs = nowMs + nextTimerMs - estimateTime(state)
  return dueMs + rankOf(state) * timeouts.tickMs
}

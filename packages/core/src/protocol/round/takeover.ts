// Whose turn it is to coordinate, and when the next one's comes. Design: docs/protocol.md, "Rounds" 2.

import type { Member } from '../../identity.ts'
import { faulty } from '../faults.ts'
import { memberKey, type State } from '../state.ts'

/** In collection timeouts: how long the first in rank waits, and each after it longer. At least 4. */
const takeoverCollections = 5
const rankCollections = 2.5
/** Spread, so that two that wait for the same time do not begin at once. */
const jitterCollections = 1.3

/** How many members of the view go before this one: 0 is the coordinator. */
export function rankOf(state: State): number {
  const members = state.view?.members ?? []
  return members.filter((member) => precedes(state, member, state.self)).length
}

/** Who has coordinated in this view without result comes last, voters come before learners, low before high. */
function precedes(state: State, a: Member, b: Member): boolean {
  const failed = Number(hasFailed(state, a)) - Number(hasFailed(state, b))
  const learner = Number(isLearner(state, a)) - Number(isLearner(state, b))
  return (failed || learner || a.nodeid - b.nodeid || a.pid - b.pid) < 0
}

const hasFailed = (state: State, member: Member): boolean => state.failedCoordinators.has(memberKey(member))

const isLearner = (state: State, { nodeid }: Member): boolean => !state.voters.nodeids.includes(nodeid)

/** Something has happened that gives the present coordinator its full time again. */
export function resetTakeover(state: State): void {
  if (faulty(state, 'takeover-never-reset') && (state.takeoverMs ?? 0) > state.nowMs) return
  const collections =
    takeoverCollections + rankCollections * rankOf(state) + jitterCollections * state.random.fraction()
  state.takeoverMs = state.nowMs + collections * state.collectionMs
}

/** Within a view the time for promises only grows, also when its end is tuned below it. */
export function growCollection(state: State, ms: number): void {
  state.collectionMs = Math.max(state.collectionMs, Math.min(ms, state.timeouts.collectionMsMax))
}

/** For its own disk: others cannot help. */
const waits = ({ lagging, joiner }: State): boolean => lagging || joiner?.waitsForDisk === true

/** Whether this member may wait for a takeover at all. */
export function mayTakeOver(state: State): boolean {
  const { view, active, promise, uncounted } = state
  return (
    view !== null && !active && (promise?.pending ?? null) === null && !waits(state) && uncounted === null
  )
}

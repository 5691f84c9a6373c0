// The operator's word: one round that does what the rules refuse. Design: docs/protocol.md, "Force".

import { type Chain, emptyChain } from '../../log/entry.ts'
import { Log } from '../../log/log.ts'
import { compareBallots, noBallot } from '../../wire/ballot.ts'
import type { Install, Position } from '../../wire/messages.ts'
import { forgetDigests } from '../digests.ts'
import { dropInstall, dropPartial, leaveEpoch } from '../epoch/leave.ts'
import { faulty } from '../faults.ts'
import type { Force } from '../force.ts'
import { notify } from '../notices.ts'
import type { Obstacle } from '../output.ts'
import type { State } from '../state.ts'
import { dropSnapshot } from '../transfer/donor.ts'
import { chooseLog, highestEpoch, lastIndex, type Promised } from './choose-log.ts'
import type { Attendance } from './primary.ts'
import { type Claim, takeVoters } from './strangers.ts'

/** The log that the operator names; else, if he has named each voter that is missing, what is left here. */
export function forcedBase(attendance: Attendance, force: Force | null): Position | Obstacle {
  const { set, voters, all } = attendance
  if (force !== null && force.logOf !== null) return logOf(all, force.logOf)
  const missing = set.nodeids.filter(
    (nodeid) => !voters.some((voter) => voter.nodeid === nodeid) && !force?.missing.includes(nodeid),
  )
  return missing.length > 0 ? { reason: 'no-quorum', missing } : bestOf(attendance)
}

function logOf(all: readonly Promised[], nodeid: number): Position | Obstacle {
  const named = all.find((promised) => promised.nodeid === nodeid)
  return named === undefined ? { reason: 'no-such-log', nodeid } : endOf(named)
}

/** What the rules would take; where these say nothing, the longest of the highest epoch. */
function bestOf({ set, voters, all }: Attendance): Position {
  if (highestEpoch(voters) !== undefined) {
    const choice = chooseLog(set, voters, all)
    if (choice.choice === 'base') return choice.base
  }
  const ranked = [...all].sort(
    ({ promise: a }, { promise: b }) =>
      compareBallots(b.epoch.ballot, a.epoch.ballot) || lastIndex(b) - lastIndex(a),
  )
  return endOf(ranked[0] as Promised)
}

function endOf({ promise }: Promised): Position {
  return { index: lastIndex(promise), chain: promise.chains[promise.chains.length - 1] as Chain }
}

/** Whether somebody belongs to a later generation of our group: the operator has forced a history that is not ours. */
export function isSuperseded(state: State, claim: Claim): boolean {
  const { group } = state
  if (faulty(state, 'old-generation-kept')) return false
  if (group === null || claim.group === null || claim.group.random !== group.random) return false
  return compareBallots(claim.group.generation, group.generation) > 0
}

/** Somebody has the later history: the own one is over, in whatever this replica was. */
export function setAside(state: State, claim: Claim): void {
  leaveEpoch(state, 'delivered')
  dropInstall(state)
  // What was promised shows what is given up now, and so do the answers of an own round.
  if (state.promise !== null) state.promise.pending = null
  if (state.round?.install === null) state.round = null
  beginAnew(state, claim)
}

/** Before something of an INSTALL's history takes a place in the log: what the operator has given up goes aside. */
export function giveWay(state: State, install: Install): void {
  if (isSuperseded(state, install)) beginAnew(state, install)
}

/**
 * The own state is kept beside, by whoever drives this engine; here it is blank, and of the generation that it has heard
 * of: its promise and its memory stay, and must not count for those who have not heard yet.
 */
function beginAnew(state: State, { group, voters }: Claim): void {
  state.unsavedSnapshot = null
  state.group = faulty(state, 'set-aside-without-generation') ? null : group
  takeVoters(state, voters)
  state.epoch = { ballot: noBallot, participants: [] }
  state.blank = true
  state.log = new Log()
  state.unsavedBegin = { index: 0, chain: emptyChain }
  state.written = 0
  state.certain = 0
  state.possible = 0
  state.commit = 0
  state.applied = 0
  state.clusterTimeMs = null
  dropPartial(state)
  forgetDigests(state)
  state.agreedIndex = 0
  dropSnapshot(state)
  state.unsaved = true
  state.outputs.push({ type: 'set-aside' })
  notify(state, { notice: 'set-aside' })
}

// Promising. Design: docs/protocol.md, "Rounds" 3.

import { type Process, sameMember, sameRing } from '../../identity.ts'
import { type Ballot, compareBallots, sameBallot } from '../../wire/ballot.ts'
import type { Prepare, PromiseMessage } from '../../wire/messages.ts'
import { dropInstall, leaveEpoch } from '../epoch/leave.ts'
import { faulty } from '../faults.ts'
import { memberKey, type State } from '../state.ts'
import { refuse } from './refuse.ts'
import { isStranger } from './strangers.ts'
import { growCollection, resetTakeover } from './takeover.ts'

export function onPrepare(state: State, from: Process, prepare: Prepare): void {
  const { ballot, ring, collectionTimeoutMs } = prepare
  if (isStranger(state, prepare)) {
    refuse(state, ballot, 'stranger', prepare.voters)
    return
  }
  state.highestBallotNumber = Math.max(state.highestBallotNumber, ballot.number)
  // Of another ring, or from outside the view: it cannot be installed here, and is no reason for a round.
  if (state.view === null || !sameRing(ring, state.view.ring)) return
  if (!state.view.members.some((member) => sameMember(member, from))) return
  if (!mayPromise(state, ballot)) {
    refuse(state, ballot, 'promised')
    return
  }
  // What one coordinator of this view has learned of its disks, the next one needs not learn again.
  growCollection(state, collectionTimeoutMs)
  promise(state, from, ballot)
}

function mayPromise(state: State, ballot: Ballot): boolean {
  const order = compareBallots(ballot, state.promised)
  return order > 0 || (faulty(state, 'no-promise-check') && order !== 0)
}

function promise(state: State, from: Process, ballot: Ballot): void {
  leaveEpoch(state, mayMissPrepare(state, from) ? 'sent' : 'delivered')
  noteCoordinator(state, from)
  dropInstall(state)
  // Its PROMISE waits behind what lags, and brings it in again.
  state.lagging = false
  if (state.round !== null && compareBallots(state.round.ballot, ballot) < 0) {
    state.round = null
    state.delayedRoundMs = null
  }
  state.promised = ballot
  state.promise = {
    view: state.views,
    ballot,
    pending: describe(state, ballot),
    seen: new Set(),
    shown: null,
    quorum: state.quorum,
  }
  state.unsaved = true
  resetTakeover(state)
}

/**
 * Whether others of our epoch may not deliver this PREPARE and go on counting: its sender came in by a merge, at which
 * messages of its can be lost there. (A participant was in the ring in which the epoch began.)
 */
function mayMissPrepare(state: State, from: Process): boolean {
  const { active, installed } = state
  if (!active || installed === null || faulty(state, 'possible-frozen-at-outsider')) return false
  return !installed.participants.has(memberKey(from))
}

/** Who was given its chance in this view, and installed nothing, comes last. */
function noteCoordinator(state: State, from: Process): void {
  const { lastCoordinator, installed } = state
  const key = memberKey(from)
  if (lastCoordinator !== null && lastCoordinator !== key && installed === null) {
    state.failedCoordinators.add(lastCoordinator)
  }
  state.lastCoordinator = key
}

/** What this replica has, at the moment at which it promises. */
function describe(state: State, ballot: Ballot): PromiseMessage {
  const { log, commit, epoch } = state
  return {
    type: 'promise',
    ballot,
    role: state.role,
    memory: state.memory,
    blank: state.blank,
    group: state.group,
    voters: state.voters,
    epoch,
    adoptedHere: sameBallot(state.adoptedHere, epoch.ballot),
    sawCommit: sameBallot(state.sawCommit, epoch.ballot),
    fenced: [...state.fenced],
    certain: state.certain,
    possible: state.possible,
    commit,
    chains: log.chainsFrom(commit),
    firstRetained: log.start + 1,
    quorum: state.quorum,
    protocolVersions: state.protocolVersions,
    machineVersions: state.machineVersions,
    agreed: log.versionsAt(log.last),
    agreedAtCommit: log.versionsAt(commit),
  }
}

/** The promise is on disk: now it may be said, if it still holds. */
export function sendPromise(state: State): void {
  const { promise } = state
  if (promise === null || promise.pending === null) return
  const message = promise.pending
  promise.pending = null
  state.outputs.push({ type: 'send', message })
  resetTakeover(state)
}

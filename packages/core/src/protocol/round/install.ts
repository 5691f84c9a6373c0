// INSTALL, as every member of the view meets it. Design: docs/protocol.md, "Rounds" 5.

import type { Process } from '../../identity.ts'
import { type Ballot, compareBallots, describeBallot, sameBallot } from '../../wire/ballot.ts'
import type { Install, RefuseReason } from '../../wire/messages.ts'
import { adopt } from '../epoch/adopt.ts'
import { faulty } from '../faults.ts'
import { stop } from '../notices.ts'
import { memberKey, type State } from '../state.ts'
import { beginJoining } from '../transfer/joiner.ts'
import { isSuperseded, setAside } from './force.ts'
import { refuse } from './refuse.ts'
import { isStillborn, isStranger, takeVoters } from './strangers.ts'
import { resetTakeover } from './takeover.ts'
import { isUnable } from './uncounted.ts'

export function onInstall(state: State, _: Process, install: Install): void {
  state.highestBallotNumber = Math.max(state.highestBallotNumber, install.ballot.number)
  if (isSuperseded(state, install)) {
    meetForced(state, install)
    return
  }
  if (isFirstGroup(state, install)) takeVoters(state, install.voters)
  if (isBegunAnew(state, install)) setAside(state, { group: null, voters: install.voters })
  if (isStranger(state, install)) {
    meetStranger(state, install)
    return
  }
  // There is a group of our own: we belong to it, listed or not.
  if (state.uncounted === 'beside-strangers') state.uncounted = null
  if (state.view === null || !mayAccept(state, install)) return
  if (contradictsCommit(state, install)) return
  accept(state, install)
}

/** Whoever has no group yet takes the operator's voters if it takes part: not from what comes in a later view. */
function isFirstGroup(state: State, install: Install): boolean {
  return install.forced && state.group === null && isListed(state, install) && promisedHere(state, install)
}

/** Another group of our voters, while ours may never have begun. */
function isBegunAnew(state: State, { group, voters }: Install): boolean {
  const isOther = isStranger(state, { group, voters }) && !isStranger(state, { group: null, voters })
  return isOther && isStillborn(state) && !faulty(state, 'stillborn-kept')
}

/**
 * Sets nothing aside by itself: perhaps nobody adopts it, and what all had would be gone. Who has its base, and nothing
 * committed beyond, adopts it at once; all others fetch it beside what they have.
 */
function meetForced(state: State, install: Install): void {
  const mayAdopt = mayAccept(state, install)
  if (!mayAdopt && faulty(state, 'set-aside-for-any-install')) setAside(state, install)
  if (!mayAdopt) return
  if (hasBase(state, install)) takeVoters(state, install.voters)
  else if (faulty(state, 'set-aside-before-adoption')) setAside(state, install)
  accept(state, install)
}

const hasBase = ({ log, commit }: State, { base, chain }: Install): boolean =>
  log.chainAt(base) === chain && commit <= base

/** One that has our voters and another group would never let us in. */
function meetStranger(state: State, { group, voters }: Install): void {
  if (isStranger(state, { group: null, voters })) return
  const text = `Another group of this name, ${group.random}, has the same voters; this replica belongs to ${state.group?.random}. Stop one of them, or move the state of this one aside if it is the wrong one.`
  stop(state, 'other-group', text)
}

/** Only in the view in which it was promised, and only with all participants' promises delivered here. */
function mayAccept(state: State, install: Install): boolean {
  const { ballot, participants } = install
  if (!promisedHere(state, install)) {
    const higher = compareBallots(state.promised, ballot) > 0
    if (!higher && !faulty(state, 'no-refuse-from-other-view')) refuseInstall(state, ballot, 'missed')
    return false
  }
  if (state.installed !== null && sameBallot(state.installed.install.ballot, ballot)) return false
  if (faulty(state, 'no-participants-rule')) return true
  if (!isListed(state, install)) {
    if (isUnable(state, install)) return false
    // Its PROMISE waits for the disk, comes late, and starts the round that is needed.
    if (state.promise?.pending !== null) resetTakeover(state)
    else refuseInstall(state, ballot, 'unlisted')
    return false
  }
  const seen = state.promise?.seen
  if (participants.every((participant) => seen?.has(memberKey(participant)))) return true
  refuseInstall(state, ballot, 'missed')
  return false
}

/** Its coordinator hears of it, and gets its time for another round. */
function refuseInstall(state: State, ballot: Ballot, reason: RefuseReason): void {
  resetTakeover(state)
  refuse(state, ballot, reason)
}

const isListed = ({ self }: State, { participants }: Install): boolean =>
  participants.some(({ incarnation }) => incarnation === self.incarnation)

function promisedHere(state: State, { ballot, participants }: Install): boolean {
  if (faulty(state, 'no-promise-check')) return participants.length > 0
  return state.promise !== null && sameBallot(state.promise.ballot, ballot)
}

/** What was committed here is not in the chosen log: never adopt. */
function contradictsCommit(state: State, { base, chain, ballot }: Install): boolean {
  const { commit, log } = state
  const differs = base === commit && log.chainAt(commit) !== chain
  if (base >= commit && !differs) return false
  const text = `The epoch ${describeBallot(ballot)} begins at index ${base}, but this replica has committed up to ${commit}${differs ? ' with another content' : ''}. Its state is kept. Find out whether a majority of the voters lost its memory, or a commit was forced; then let this replica begin anew with its state moved aside.`
  stop(state, 'commit-cut', text)
  return true
}

function accept(state: State, install: Install): void {
  const participants = new Map(
    install.participants.map((participant) => [memberKey(participant), participant]),
  )
  const acks = faulty(state, 'old-acks-counted') ? state.oldAcks : new Map()
  state.installed = { install, participants, acks, sentAck: 0, chunksFor: [] }
  state.obstacle = null
  resetTakeover(state)
  if (hasBase(state, install)) {
    if (!faulty(state, 'tail-not-cut')) state.log.truncate(install.base)
    state.written = Math.min(state.written, install.base)
    adopt(state, [])
  } else beginJoining(state)
}

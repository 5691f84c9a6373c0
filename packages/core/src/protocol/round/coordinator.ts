// The coordinator of a round: asks for promises, and installs when they suffice. Design: docs/protocol.md, "Rounds" 2, 4.

import type { Process } from '../../identity.ts'
import { noVersions } from '../../log/log.ts'
import { sameBallot } from '../../wire/ballot.ts'
import type { PromiseMessage, Refuse } from '../../wire/messages.ts'
import { faulty } from '../faults.ts'
import type { Force } from '../force.ts'
import { meetObstacle } from '../notices.ts'
import { memberKey, type RoundState, type State } from '../state.ts'
import { claimantsOf } from './attendance.ts'
import { decide } from './decide.ts'
import { isStranger } from './strangers.ts'
import { growCollection } from './takeover.ts'
import { learnUncounted } from './uncounted.ts'
import { canRun } from './versions.ts'

/** Rounds that lateness causes come no sooner than this after the last INSTALL, but for the first. In collection timeouts. */
const causedRoundCollections = 10

/** `force`: the operator's word, for this round. */
export function startRound(state: State, force: Force | null = null): void {
  const { view } = state
  state.roundWanted = false
  state.delayedRoundMs = null
  // The operator knows better than we do whether we count.
  if (view === null || (state.uncounted !== null && force === null)) return
  state.highestBallotNumber = Math.max(state.highestBallotNumber, state.promised.number) + 1
  const { nodeid, incarnation } = state.self
  const ballot = { number: state.highestBallotNumber, nodeid, incarnation }
  state.round = {
    ballot,
    view: view.number,
    ring: view.ring,
    promises: new Map(),
    refusals: new Map(),
    deadlineMs: state.nowMs + state.collectionMs,
    expired: false,
    install: null,
    force,
  }
  const { collectionMs: collectionTimeoutMs, group, voters } = state
  const message = { type: 'prepare', ballot, ring: view.ring, collectionTimeoutMs, group, voters } as const
  state.outputs.push({ type: 'send', message })
}

/** The view needs more time than expected. */
export function doubleCollection(state: State): void {
  if (faulty(state, 'no-doubling')) return
  growCollection(state, 2 * state.collectionMs)
}

/** A late PROMISE, or a REFUSE of an INSTALL: one slow disk must not keep the view busy. */
function causeRound(state: State): void {
  doubleCollection(state)
  state.causedRounds += 1
  if (state.causedRounds === 1 || faulty(state, 'no-doubling')) startRound(state)
  else state.delayedRoundMs ??= state.lastInstallMs + causedRoundCollections * state.collectionMs
}

/** Every member notes whose PROMISE of its own ballot it has delivered; the coordinator reads what it carries. */
export function onPromise(state: State, from: Process, promise: PromiseMessage): void {
  state.highestBallotNumber = Math.max(state.highestBallotNumber, promise.ballot.number)
  if (state.promise !== null && sameBallot(state.promise.ballot, promise.ballot)) {
    state.promise.seen.add(memberKey(from))
    learnUncounted(state, state.promise, from, promise)
  }
  const { round } = state
  if (round === null || !sameBallot(round.ballot, promise.ballot)) return
  round.promises.set(memberKey(from), { from, promise })
  if (round.install === null) decide(state)
  else if (mayCount(state, round, from) && !faulty(state, 'late-promise-ignored')) causeRound(state)
}

/** Whether a new round could count the sender of a late PROMISE or a REFUSE, for all that is known of it. */
function mayCount(state: State, round: RoundState, from: Process): boolean {
  const promise = round.promises.get(memberKey(from))?.promise
  if (claimantsOf(round, from.nodeid) > 1) {
    meetObstacle(state, { reason: 'two-votes', nodeids: [from.nodeid] })
    return promise?.role === 'learner'
  }
  if (promise === undefined) return true
  const agreed = round.install?.versions ?? noVersions
  return !isStranger(state, promise) && canRun(promise, agreed)
}

/** Concerns only the coordinator, and only while the ballot is its current one. */
export function onRefuse(state: State, from: Process, refusal: Refuse): void {
  const { promised, ballot, reason } = refusal
  if (reason !== 'stranger') {
    state.highestBallotNumber = Math.max(state.highestBallotNumber, promised.number)
  }
  const { round } = state
  if (round === null || !sameBallot(round.ballot, ballot) || faulty(state, 'refuse-ignored')) return
  const stranger = reason === 'stranger' || isStranger(state, refusal)
  const showsGroup = refusal.group !== null || refusal.commit > 0
  round.refusals.set(memberKey(from), { from, stranger, showsGroup })
  if (stranger && !faulty(state, 'stranger-starts-rounds')) meetStranger(state, refusal)
  else if (mayCount(state, round, from)) {
    if (round.install !== null) causeRound(state)
    else startRound(state)
  }
}

/** Only bootstrap heeds it. But it may have said which group there is, and what we are to it. */
function meetStranger(state: State, refusal: Refuse): void {
  if (refusal.reason === 'stranger' && !isStranger(state, refusal) && state.group === null) startRound(state)
  else {
    // Beside a group that is not ours we can neither begin one nor take part.
    if (refusal.group !== null && state.group === null) state.uncounted ??= 'beside-strangers'
    decide(state)
  }
}

// The coordinator of a round: asks for promises, and installs when they suffice. Design: docs/protocol.md, "Rounds" 2, 4.

import type { Process } from '../../identity.ts'
import { compareBallots, sameBallot } from '../../wire/ballot.ts'
import type { PromiseMessage, Refuse } from '../../wire/messages.ts'
import { faulty } from '../faults.ts'
import type { Force } from '../force.ts'
import { memberKey, type State } from '../state.ts'
import { decide } from './decide.ts'
import { isStranger } from './strangers.ts'

/** Rounds that lateness causes come no sooner than this after the last INSTALL, but for the first. In collection timeouts. */
const causedRoundCollections = 10

/** `force`: the operator's word, for this round. */
export function startRound(state: State, force: Force | null = null): void {
  const { view } = state
  if (view === null || state.uncounted) return
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
    done: false,
    force,
  }
  state.roundWanted = false
  state.delayedRoundMs = null
  const { collectionMs: collectionTimeoutMs, group, voters } = state
  const message = { type: 'prepare', ballot, ring: view.ring, collectionTimeoutMs, group, voters } as const
  state.outputs.push({ type: 'send', message })
}

/** A late PROMISE, or a REFUSE of an INSTALL: one slow disk must not keep the view busy. */
function causeRound(state: State): void {
  if (!faulty(state, 'no-doubling')) {
    state.collectionMs = Math.min(2 * state.collectionMs, state.timeouts.collectionMsMax)
  }
  state.causedRounds += 1
  if (state.causedRounds === 1 || faulty(state, 'no-doubling')) startRound(state)
  else state.delayedRoundMs ??= state.lastInstallMs + causedRoundCollections * state.collectionMs
}

/** Every member notes whose PROMISE of its own ballot it has delivered; the coordinator reads what it carries. */
export function onPromise(state: State, from: Process, promise: PromiseMessage): void {
  state.highestBallotNumber = Math.max(state.highestBallotNumber, promise.ballot.number)
  if (state.promise !== null && sameBallot(state.promise.ballot, promise.ballot)) {
    state.promise.seen.add(memberKey(from))
  }
  const { round } = state
  if (round === null || !sameBallot(round.ballot, promise.ballot)) return
  if (isLate(state, from, promise)) causeRound(state)
  else {
    round.promises.set(memberKey(from), { from, promise })
    decide(state)
  }
}

/** After INSTALL, of somebody who is not in it and might have been. */
function isLate(state: State, from: Process, promise: PromiseMessage): boolean {
  const { installed, round } = state
  if (installed === null || round === null || !sameBallot(installed.install.ballot, round.ballot))
    return false
  return !installed.participants.has(memberKey(from)) && mayCount(state, promise)
}

/** Whether a new round could count this PROMISE: no stranger, and able to run what was agreed. */
function mayCount(state: State, promise: PromiseMessage): boolean {
  const agreed = state.installed?.install.versions
  const runs = ({ lowest, highest }: { lowest: number; highest: number }, version: number): boolean =>
    lowest <= version && version <= highest
  return (
    !isStranger(state, promise) &&
    agreed !== undefined &&
    runs(promise.protocolVersions, agreed.protocol) &&
    runs(promise.machineVersions, agreed.machine)
  )
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
  if (stranger) decide(state)
  else if (installedBy(state)) causeRound(state)
  else startRound(state)
}

function installedBy({ installed, round }: State): boolean {
  return installed !== null && round !== null && compareBallots(installed.install.ballot, round.ballot) === 0
}

// Who has answered a round, and whose answers count. Design: docs/protocol.md, "Primary" and "Strangers".

import type { Process, Role } from '../../identity.ts'
import { compareBallots } from '../../wire/ballot.ts'
import type { GroupId, VoterSet } from '../../wire/group.ts'
import type { PromiseMessage } from '../../wire/messages.ts'
import { faulty } from '../faults.ts'
import { meetObstacle } from '../notices.ts'
import { memberKey, type RoundState, type State, type ViewState } from '../state.ts'
import type { Promised } from './choose-log.ts'
import type { Attendance } from './primary.ts'
import { isStillborn, isStranger } from './strangers.ts'

/** A PROMISE of this round with its sender. */
export interface Answer {
  readonly from: Process
  readonly promise: PromiseMessage
}

export function everybodyAnswered(
  { promises, refusals, force }: RoundState,
  { members }: ViewState,
): boolean {
  return members.every((member) => {
    const key = memberKey(member)
    const given = force?.missing.includes(member.nodeid) ?? false
    return promises.has(key) || refusals.get(key)?.stranger === true || given
  })
}

/** How many processes of a node claim its vote. */
export function claimantsOf({ promises }: RoundState, nodeid: number): number {
  return [...promises.values()].filter(
    ({ from, promise }) => from.nodeid === nodeid && promise.role === 'voter',
  ).length
}

/** Those in the view that belong to us; of a node with two that claim its vote, neither. */
export function countable(state: State, round: RoundState, { members }: ViewState): Answer[] {
  const answers = members.flatMap((member) => round.promises.get(memberKey(member)) ?? [])
  const known = answers.filter(({ promise }) => !isStranger(state, promise))
  const ours = faulty(state, 'generations-mixed') ? known : ofLatestGeneration(ofBegun(state, known))
  const isDoubled = ({ from, promise }: Answer): boolean =>
    promise.role === 'voter' && claimantsOf(round, from.nodeid) > 1
  const nodeids = [...new Set(ours.filter(isDoubled).map(({ from }) => from.nodeid))]
  if (nodeids.length > 0) meetObstacle(state, { reason: 'two-votes', nodeids })
  return ours.filter((answer) => !isDoubled(answer))
}

/** Beside a group that is named, nobody counts whose own may never have begun: it hears of the other by INSTALL. */
function ofBegun(state: State, answers: readonly Answer[]): readonly Answer[] {
  const begun = answers.flatMap((answer) => (namesGroup(state, answer) ? [answer.promise.group?.random] : []))
  const isOurs = ({ promise: { group } }: Answer): boolean => group === null || begun.includes(group.random)
  return begun.length === 0 ? answers : answers.filter(isOurs)
}

/** What the operator has given up does not count: who showed it hears of the later generation, and sets it aside. */
function ofLatestGeneration(answers: readonly Answer[]): Answer[] {
  const groups = answers.flatMap(({ promise }) => promise.group ?? [])
  const isLatest = ({ random, generation }: GroupId): boolean =>
    groups.every((group) => group.random !== random || compareBallots(group.generation, generation) <= 0)
  return answers.filter(({ promise: { group } }) => group === null || isLatest(group))
}

/** Our group, or the only one that is named, or of several that whose log the operator takes; `null`: none is named. */
export function groupOf(
  state: State,
  { force }: RoundState,
  answers: readonly Answer[],
): GroupId | null | 'two' {
  if (state.group !== null) return state.group
  const naming = force === null ? answers.filter((answer) => namesGroup(state, answer)) : answers
  const named = naming.flatMap(({ promise }) => promise.group ?? [])
  if (new Set(named.map(({ random }) => random)).size <= 1) return named[0] ?? null
  const wanted = naming.find(({ from }) => from.nodeid === force?.logOf)?.promise.group ?? null
  if (wanted !== null) return wanted
  const nodeids = naming.filter(({ promise }) => promise.group !== null).map(({ from }) => from.nodeid)
  meetObstacle(state, { reason: 'groups', nodeids })
  return 'two'
}

/** One that may never have begun is not named: else a learner that alone has stored it keeps all others waiting. */
const namesGroup = (state: State, { promise }: Answer): boolean =>
  promise.group !== null && (!isStillborn(promise) || faulty(state, 'stillborn-kept'))

/** A process that was started to vote does so only while its node is in the voter set. */
export const roleIn = ({ nodeids }: VoterSet, { from, promise }: Answer): Role =>
  nodeids.includes(from.nodeid) ? promise.role : 'learner'

export function attendanceOf(
  state: State,
  round: RoundState,
  view: ViewState,
  answers: readonly Answer[],
): Attendance {
  const promised = ({ from, promise }: Answer): Promised => ({ nodeid: from.nodeid, promise })
  const silent = view.members.filter((member) => {
    const key = memberKey(member)
    return !round.promises.has(key) && !round.refusals.has(key)
  })
  const groupKnown =
    [...round.promises.values()].some((answer) => namesGroup(state, answer) || answer.promise.commit > 0) ||
    [...round.refusals.values()].some(({ showsGroup }) => showsGroup)
  return {
    set: state.voters,
    voters: answers.filter((answer) => roleIn(state.voters, answer) === 'voter').map(promised),
    all: answers.map(promised),
    silent: silent.map(({ nodeid }) => nodeid),
    groupKnown,
    ring: round.ring,
    nodeids: view.nodeids,
    fault: state.fault,
  }
}

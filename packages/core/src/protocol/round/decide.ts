// When a round's answers are in: choose the log, and install the epoch. Design: docs/protocol.md, "Rounds" 4, "Primary".

import type { Member, Process } from '../../identity.ts'
import type { Participant, Versions, ViewMember } from '../../log/entry.ts'
import type { GroupId } from '../../wire/group.ts'
import type { Install, Position, PromiseMessage } from '../../wire/messages.ts'
import { estimateTime } from '../client/time.ts'
import type { Force } from '../force.ts'
import { meetObstacle, notify } from '../notices.ts'
import { memberKey, type RoundState, type State, type ViewState } from '../state.ts'
import { type Choice, chooseLog, type Promised, shownChain } from './choose-log.ts'
import { chooseWrongly } from './choose-wrongly.ts'
import { forcedBase } from './force.ts'
import { type Attendance, judge } from './primary.ts'
import { isStranger } from './strangers.ts'
import { agreedAt, canRun, raise } from './versions.ts'

/** A PROMISE of this round with its sender. */
export interface Answer {
  readonly from: Process
  readonly promise: PromiseMessage
}

export function decide(state: State): void {
  const { round, view } = state
  if (round === null || view === null || round.done) return
  if (!round.expired && !everybodyAnswered(round, view)) return
  const answers = countable(state, round, view)
  const group = groupOf(state, answers)
  if (group === 'two') return
  install(state, round, view, answers, group)
}

function everybodyAnswered({ promises, refusals, force }: RoundState, { members }: ViewState): boolean {
  return members.every((member) => {
    const key = memberKey(member)
    const given = force?.missing.includes(member.nodeid) ?? false
    return promises.has(key) || refusals.get(key)?.stranger === true || given
  })
}

/** Those in the view that belong to us; of a node with two that claim its vote, neither. */
function countable(state: State, round: RoundState, { members }: ViewState): Answer[] {
  const answers = members.flatMap((member) => round.promises.get(memberKey(member)) ?? [])
  const ours = answers.filter(({ promise }) => !isStranger(state, promise))
  const votes = (nodeid: number): number =>
    ours.filter(({ from, promise }) => from.nodeid === nodeid && promise.role === 'voter').length
  const doubled = ours.filter(({ from }) => votes(from.nodeid) > 1).map(({ from }) => from.nodeid)
  if (doubled.length > 0) meetObstacle(state, { reason: 'two-votes', nodeids: [...new Set(doubled)] })
  return ours.filter(({ from, promise }) => promise.role === 'learner' || votes(from.nodeid) === 1)
}

/** Our group, or the only one that is named; `null`: nobody names one. */
function groupOf(state: State, answers: readonly Answer[]): GroupId | null | 'two' {
  if (state.group !== null) return state.group
  const named = answers.flatMap(({ promise }) => promise.group ?? [])
  if (new Set(named.map(({ random }) => random)).size <= 1) return named[0] ?? null
  const nodeids = answers.filter(({ promise }) => promise.group !== null).map(({ from }) => from.nodeid)
  meetObstacle(state, { reason: 'groups', nodeids })
  return 'two'
}

function install(
  state: State,
  round: RoundState,
  view: ViewState,
  answers: readonly Answer[],
  group: GroupId | null,
): void {
  const attendance = attendanceOf(state, round, view, answers)
  if (round.force !== null) {
    installForced(state, round, view, attendance, answers, round.force)
    return
  }
  const verdict = judge(attendance)
  if (verdict.primary === 'no') {
    meetObstacle(state, verdict.obstacle)
    return
  }
  const choice = verdict.bootstrap ? emptyLog : choose(state, attendance)
  if (choice.choice !== 'base') {
    const missing = attendance.set.nodeids.filter(
      (id) => !attendance.voters.some(({ nodeid }) => nodeid === id),
    )
    meetObstacle(
      state,
      choice.choice === 'ambiguous'
        ? { reason: 'ambiguous', index: choice.index, missing }
        : { reason: 'broken-order', index: choice.index },
    )
    return
  }
  const agreed = agreedAt(choice.base, answers)
  const able = answers.filter(({ promise }) => canRun(promise, agreed))
  // Who cannot run what was agreed is not counted: everything again without them.
  if (able.length < answers.length) {
    install(state, round, view, able, group)
    return
  }
  if (!verdict.bootstrap && verdict.intact.length <= state.voters.nodeids.length / 2) {
    notify(state, { notice: 'intact-minority', intact: verdict.intact })
  }
  send(
    state,
    round,
    view,
    answers,
    group ?? newGroup(state),
    choice.base,
    raise(agreed, answers, state.voters),
  )
}

/** Whoever is here takes part, and the operator answers for the rest. */
function installForced(
  state: State,
  round: RoundState,
  view: ViewState,
  { set, voters, all }: Attendance,
  answers: readonly Answer[],
  force: Force,
): void {
  const base = forcedBase(force, set, voters, all)
  const random = state.group?.random ?? state.random.token()
  const group = { random, generation: round.ballot }
  const nextSet = force.voters ?? set
  send(state, round, view, answers, group, base, raise(agreedAt(base, answers), answers, nextSet))
}

const emptyLog: Choice = { choice: 'base', base: { index: 0, chain: 0 as Position['chain'] } }

function choose(state: State, { set, voters, all }: Attendance): Choice {
  return state.fault === null ? chooseLog(set, voters, all) : chooseWrongly(state.fault, set, voters, all)
}

function attendanceOf(
  state: State,
  round: RoundState,
  view: ViewState,
  answers: readonly Answer[],
): Attendance {
  const all: Promised[] = answers.map(({ from, promise }) => ({ nodeid: from.nodeid, promise }))
  const voters = all.filter(({ promise }) => promise.role === 'voter')
  const silent = view.members.filter((member) => {
    const key = memberKey(member)
    return !round.promises.has(key) && !round.refusals.has(key)
  })
  const groupKnown =
    [...round.promises.values()].some(({ promise }) => promise.group !== null || promise.commit > 0) ||
    [...round.refusals.values()].some(({ showsGroup }) => showsGroup)
  return {
    set: state.voters,
    voters,
    all,
    silent: silent.map(({ nodeid }) => nodeid),
    groupKnown,
    ring: round.ring,
    nodeids: view.nodeids,
    fault: state.fault,
  }
}

const newGroup = (state: State): GroupId => ({
  random: state.random.token(),
  generation: { number: 0, nodeid: 0, incarnation: 0 },
})

function send(
  state: State,
  round: RoundState,
  view: ViewState,
  answers: readonly Answer[],
  group: GroupId,
  base: Position,
  versions: Versions,
): void {
  const message: Install = {
    type: 'install',
    ballot: round.ballot,
    group,
    voters: round.force?.voters ?? state.voters,
    participants: answers.map(participant),
    members: view.members.map((member) => viewMember(round, member)),
    base: base.index,
    chain: base.chain,
    donors: answers
      .filter(({ promise }) => shownChain(promise, base.index) === base.chain)
      .map(({ from }) => from.incarnation),
    timeMs: base.index === 0 || state.applied > 0 ? Math.floor(estimateTime(state)) : 0,
    versions,
    forced: round.force !== null,
  }
  round.done = true
  state.lastInstallMs = state.nowMs
  state.outputs.push({ type: 'send', message })
}

const participant = ({ from, promise }: Answer): Participant => ({
  nodeid: from.nodeid,
  pid: from.pid,
  incarnation: from.incarnation,
  role: promise.role,
  memory: promise.role === 'voter' ? promise.memory : 0,
})

function viewMember({ promises, refusals }: RoundState, { nodeid, pid }: Member): ViewMember {
  const key = memberKey({ nodeid, pid })
  const known = promises.get(key)?.from ?? refusals.get(key)?.from
  return { nodeid, pid, incarnation: known?.incarnation ?? 0 }
}

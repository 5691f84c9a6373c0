// When a round's answers are in: choose the log, and install the epoch. Design: docs/protocol.md, "Rounds" 4, "Primary".

import type { GroupId } from '../../wire/group.ts'
import type { Position } from '../../wire/messages.ts'
import { faulty } from '../faults.ts'
import { meetObstacle, notify } from '../notices.ts'
import type { Obstacle } from '../output.ts'
import type { RoundState, State, ViewState } from '../state.ts'
import { type Answer, attendanceOf, countable, everybodyAnswered, groupOf, roleIn } from './attendance.ts'
import { type Choice, chooseLog } from './choose-log.ts'
import { chooseWrongly } from './choose-wrongly.ts'
import { forcedBase } from './force.ts'
import { type Attendance, judge } from './primary.ts'
import { type Installation, sendInstall } from './send-install.ts'
import { agreedAt, canRun, commonVersions, leastVersions } from './versions.ts'

/** The coordinator's round in its view. */
interface Deciding {
  readonly state: State
  readonly round: RoundState
  readonly view: ViewState
  /** What is named so far; `null`: nobody names one. */
  readonly group: GroupId | null
}

export function decide(state: State): void {
  const { round, view } = state
  if (round === null || view === null || round.install !== null) return
  if (!round.expired && !everybodyAnswered(round, view)) return
  const answers = countable(state, round, view)
  const group = groupOf(state, round, answers)
  if (group === 'two' || answers.length === 0) return
  const deciding = { state, round, view, group }
  if (round.force === null) install(deciding, answers)
  else installForced(deciding, answers)
}

/** `without`: why some answers are not among these; with them the view would be primary. */
function install(deciding: Deciding, answers: readonly Answer[], without: Obstacle | null = null): void {
  const { state, round, view } = deciding
  const attendance = attendanceOf(state, round, view, answers)
  const verdict = judge(attendance)
  if (verdict.primary === 'no') {
    meetObstacle(state, without ?? verdict.obstacle)
    return
  }
  const base = verdict.bootstrap ? emptyBase : chosenBase(state, attendance)
  if (base === null) return
  const able = ableAt(state, base, answers)
  // Who cannot run what was agreed is not counted: everything again without them.
  if (able.length < answers.length) {
    const unable = answers.filter((answer) => !able.includes(answer))
    install(deciding, able, tooOld(base, answers, unable))
    return
  }
  if (!verdict.bootstrap && verdict.intact.length <= state.voters.nodeids.length / 2) {
    notify(state, { notice: 'intact-minority', intact: verdict.intact })
  }
  installAt(deciding, answers, base)
}

/** Whoever is here takes part, and the operator answers for the rest. */
function installForced(deciding: Deciding, answers: readonly Answer[]): void {
  const { state, round, view } = deciding
  const base = forcedBase(attendanceOf(state, round, view, answers), round.force)
  if ('reason' in base) {
    meetObstacle(state, base)
    return
  }
  const able = ableAt(state, base, answers)
  if (able.length > 0) installAt(deciding, able, base)
  else meetObstacle(state, tooOld(base, answers, answers))
}

/** Those who can run what is agreed at `base`. */
function ableAt(state: State, base: Position, answers: readonly Answer[]): readonly Answer[] {
  const needed = agreedAt(base, answers)
  const unable = answers.filter(({ promise }) => !canRun(promise, needed))
  if (unable.length === 0 || faulty(state, 'unable-counted')) return answers
  notify(state, { notice: 'left-out', nodeids: unable.map(({ from }) => from.nodeid), needed })
  return answers.filter((answer) => !unable.includes(answer))
}

const tooOld = (base: Position, answers: readonly Answer[], unable: readonly Answer[]): Obstacle => ({
  reason: 'version',
  needed: agreedAt(base, answers),
  nodeids: unable.map(({ from }) => from.nodeid),
})

function installAt(deciding: Deciding, answers: readonly Answer[], base: Position): void {
  const { state, round, view, group } = deciding
  const agreed = agreedAt(base, answers)
  const voters = answers.filter((answer) => roleIn(state.voters, answer) === 'voter')
  const everyVoter = voters.length === state.voters.nodeids.length
  // Where nothing was agreed yet, there is something to agree on now.
  const versions = everyVoter || agreed.machine === 0 ? commonVersions(answers) : agreed
  const unable = answers.filter(({ promise }) => !canRun(promise, versions))
  if (unable.length > 0) {
    const needed = leastVersions(answers)
    const old = answers.filter(({ promise }) => !canRun(promise, needed)).map(({ from }) => from.nodeid)
    meetObstacle(state, { reason: 'version', needed, nodeids: old })
    return
  }
  const installation: Installation = { round, view, answers, base, versions, group }
  sendInstall(state, installation)
}

const emptyBase: Position = { index: 0, chain: 0 as Position['chain'] }

/** `null`: the promises do not say which. */
function chosenBase(state: State, { set, voters, all }: Attendance): Position | null {
  const choice: Choice =
    state.fault === null ? chooseLog(set, voters, all) : chooseWrongly(state.fault, set, voters, all)
  const { choice: reason } = choice
  if (reason === 'base') return choice.base
  const isHere = (nodeid: number): boolean => voters.some((voter) => voter.nodeid === nodeid)
  const missing = set.nodeids.filter((nodeid) => !isHere(nodeid))
  const { index } = choice
  meetObstacle(state, reason === 'ambiguous' ? { reason, index, missing } : { reason, index })
  return null
}

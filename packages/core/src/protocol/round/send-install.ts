// INSTALL, from what the coordinator has decided. Design: docs/protocol.md, "Messages" and "Rounds" 4.

import type { Member } from '../../identity.ts'
import type { Participant, Versions, ViewMember } from '../../log/entry.ts'
import { noBallot } from '../../wire/ballot.ts'
import type { GroupId, VoterSet } from '../../wire/group.ts'
import type { Install, Position } from '../../wire/messages.ts'
import { estimateTime, wallTime } from '../client/time.ts'
import { faulty } from '../faults.ts'
import { memberKey, type RoundState, type State, type ViewState } from '../state.ts'
import { type Answer, roleIn } from './attendance.ts'
import { shownChain } from './choose-log.ts'

export interface Installation {
  readonly round: RoundState
  readonly view: ViewState
  /** Those who take part. */
  readonly answers: readonly Answer[]
  readonly base: Position
  readonly versions: Versions
  /** `null`: it begins now. */
  readonly group: GroupId | null
}

export function sendInstall(
  state: State,
  { round, view, answers, base, versions, group }: Installation,
): void {
  const voters = round.force?.voters ?? state.voters
  const message: Install = {
    type: 'install',
    ballot: round.ballot,
    group: groupAfter(state, round, group),
    voters,
    participants: answers.map((answer) => participant(voters, answer)),
    members: view.members.map((member) => viewMember(round, member)),
    base: base.index,
    chain: base.chain,
    donors: donors(answers, base),
    timeMs: Math.floor(base.index === 0 ? wallTime(state) : estimateTime(state)),
    versions,
    forced: round.force !== null,
  }
  round.install = message
  state.lastInstallMs = state.nowMs
  state.outputs.push({ type: 'send', message })
}

/** What is forced is another generation of the group. */
function groupAfter(state: State, { ballot, force }: RoundState, group: GroupId | null): GroupId {
  const random = group?.random ?? state.random.token()
  const generation = group?.generation ?? noBallot
  return {
    random,
    generation: force === null || faulty(state, 'generation-not-raised') ? generation : ballot,
  }
}

const donors = (answers: readonly Answer[], { index, chain }: Position): Install['donors'] =>
  answers.filter(({ promise }) => shownChain(promise, index) === chain).map(({ from }) => from.incarnation)

function participant(voters: VoterSet, answer: Answer): Participant {
  const { nodeid, pid, incarnation } = answer.from
  const role = roleIn(voters, answer)
  return { nodeid, pid, incarnation, role, memory: role === 'voter' ? answer.promise.memory : 0 }
}

function viewMember({ promises, refusals }: RoundState, { nodeid, pid }: Member): ViewMember {
  const key = memberKey({ nodeid, pid })
  const known = promises.get(key)?.from ?? refusals.get(key)?.from
  return { nodeid, pid, incarnation: known?.incarnation ?? 0 }
}

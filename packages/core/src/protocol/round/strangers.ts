// Who does not belong: another voter set, or another group of the same name. Design: docs/protocol.md, "Strangers".

import { type GroupId, sameVoters, type VoterSet } from '../../wire/group.ts'
import type { State } from '../state.ts'

/** What PREPARE, PROMISE, REFUSE and INSTALL say of their sender's group. */
export interface Claim {
  readonly group: GroupId | null
  readonly voters: VoterSet
}

/** To have no group id yet is not to have another. */
export function isStranger(state: State, { group, voters }: Claim): boolean {
  if (!sameVoters(voters, state.voters)) return true
  return group !== null && state.group !== null && group.random !== state.group.random
}

/**
 * A replica that belongs to no group yet, and has its voters from the node list, takes the group's set: else a node
 * that was added to corosync.conf would begin a second group beside the first.
 */
export function learnVoters(state: State, { group, voters }: Claim): void {
  if (group !== null && state.group === null && state.votersFromNodeList) takeVoters(state, voters)
}

/** Who is not in the set does not vote; who is new in it does from its next start, with its node's vote. */
export function takeVoters(state: State, voters: VoterSet): void {
  state.voters = voters
  if (!voters.nodeids.includes(state.self.nodeid)) state.role = 'learner'
}

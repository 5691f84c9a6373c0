// Who does not belong: another voter set, or another group of the same name. Design: docs/protocol.md, "Strangers".

import type { MemoryId, Role } from '../../identity.ts'
import type { Index } from '../../log/entry.ts'
import { type GroupId, sameVoters, type VoterSet } from '../../wire/group.ts'
import type { EpochRecord } from '../../wire/messages.ts'
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

/** What a replica, or its PROMISE, says of its log. */
interface Holding {
  readonly role: Role
  readonly memory: MemoryId | 0
  readonly blank: boolean
  readonly certain: Index
  readonly epoch: EpochRecord
}

/**
 * A learner whose group may never have begun: it knows of nothing committed, and its copy did not count. All voters may
 * have lost the group's first epoch, and may begin another, or have begun one.
 */
export function isStillborn({ role, memory, blank, certain, epoch }: Holding): boolean {
  const counted = epoch.participants.some((each) => each.role === 'voter' && each.memory === memory)
  return role === 'learner' && !blank && certain === 0 && !counted
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

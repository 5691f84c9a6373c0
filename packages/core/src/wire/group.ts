// What names a group and says who votes in it. Design: docs/protocol.md, "Words".

import { type Ballot, sameBallot } from './ballot.ts'

/** A group's name beyond its CPG group name. */
export interface GroupId {
  /** 53 bits, drawn at bootstrap; never 0. */
  readonly random: number
  /** The ballot of the last forced INSTALL. */
  readonly generation: Ballot
}

/** `majority`: ⌊N/2⌋+1 voters. `votequorum`: what corosync's quorum service says; needs fencing and storage. */
export type QuorumPolicy = 'majority' | 'votequorum'

/** The nodes that vote, ascending, and the policy. Fixed at bootstrap. */
export interface VoterSet {
  readonly nodeids: readonly number[]
  readonly policy: QuorumPolicy
}

export function sameVoters(a: VoterSet, b: VoterSet): boolean {
  return (
    a.policy === b.policy &&
    a.nodeids.length === b.nodeids.length &&
    a.nodeids.every((nodeid, i) => nodeid === b.nodeids[i])
  )
}

export function sameGroup(a: GroupId, b: GroupId): boolean {
  return a.random === b.random && sameBallot(a.generation, b.generation)
}

/** ⌊N/2⌋+1 */
export function majorityOf({ nodeids }: VoterSet): number {
  return Math.floor(nodeids.length / 2) + 1
}

// How another group begins with what a replica has left: with its state and its log, and without its votes. Nothing that
// the new one says can be taken for a word of the old one. Design: docs/protocol.md, "Restoring", R5.35.

import { QuorateError } from '../errors.ts'
import type { MemoryId } from '../identity.ts'
import type { Chain } from '../log/entry.ts'
import { nodeListFault } from '../node-list.ts'
import { checkGroupName } from '../ports/group-name.ts'
import type { StorageOwner, StorageRecord, Stored } from '../ports/storage.ts'
import { type Ballot, noBallot } from '../wire/ballot.ts'
import type { QuorumPolicy, VoterSet } from '../wire/group.ts'
import type { Position } from '../wire/messages.ts'
import { random53 } from './random53.ts'

/** What is not to be as it was. */
export interface NewHistoryOptions {
  /** The group's name. */
  readonly group?: string | undefined
  /** On which the storage will be: one of the voters. */
  readonly nodeid?: number | undefined
  readonly voters?: readonly number[] | undefined
  readonly policy?: QuorumPolicy | undefined
}

/** What the first voter of the new group has on its disk, beside snapshot and entries. */
export interface NewHistory {
  readonly owner: StorageOwner
  readonly record: StorageRecord
}

/** @throws {QuorateError} `BadOption`: what to change, or there is nothing to begin with */
export function newHistory(stored: Stored, options: NewHistoryOptions = {}): NewHistory {
  const { owner, record } = stored
  const { index } = endOf(stored)
  if (index === 0) bad('nothing was ever committed in it: there is nothing to begin a group with')
  const { nodeid = owner.nodeid, group = owner.group } = options
  const voters = voterSet(record.voters, options)
  if (!voters.nodeids.includes(nodeid))
    bad(`the storage will be that of node ${nodeid}, which is none of the voters ${voters.nodeids}`)
  return {
    owner: { ...owner, nodeid, group: checkGroupName(group) },
    record: {
      ...{ voters, memory: random53() as MemoryId, blank: false, certain: index, commit: index },
      group: { random: random53(), generation: noBallot },
      promised: above(record),
      epoch: { ballot: noBallot, participants: [] },
    },
  }
}

/** The end of its log. */
export function endOf({ start, entries }: Stored): Position {
  const last = entries[entries.length - 1]
  const chain: Chain = last?.chain ?? start.chain
  return { index: start.index + entries.length, chain }
}

/** Rounds that the old group may have had since: more than it had time for. */
const roundsSince = 2 ** 20

/** Fencing tokens go on from there: whom the old leaders' were given to refuses lower ones. */
function above({ promised, epoch }: StorageRecord): Ballot {
  return { ...noBallot, number: Math.max(promised.number, epoch.ballot.number) + roundsSince }
}

function voterSet(before: VoterSet, { voters, policy = before.policy }: NewHistoryOptions): VoterSet {
  if (policy !== 'majority' && policy !== 'votequorum')
    bad(`policy must be 'majority' or 'votequorum', and is ${policy}`)
  if (voters === undefined) return { nodeids: before.nodeids, policy }
  const fault = nodeListFault(voters)
  if (fault !== null) bad(`voters ${fault}`)
  return { nodeids: [...voters].sort((a, b) => a - b), policy }
}

function bad(message: string): never {
  throw new QuorateError('BadOption', `It cannot be restored: ${message}`)
}

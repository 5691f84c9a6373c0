// The protocol's nouns as fields of messages and log entries. PREPARE, PROMISE and REFUSE are made of them, so none
// ever changes; one that has to be said otherwise gets another name.

import type { Incarnation, MemoryId, RingId, Role } from '../identity.ts'
import type { Chain, Index, Participant, Versions, ViewMember } from '../log/entry.ts'
import type { Ballot } from './ballot.ts'
import { type Codec, flag, list, natural, oneOf, struct, uint32, uint64, where } from './codec.ts'
import type { GroupId, VoterSet } from './group.ts'
import type { EpochRecord, Position, QuorumNotification, VersionRange } from './messages.ts'

/** Half of the integers that a number holds exactly: what is counted from an index on is exact too. */
export const index: Codec<Index> = natural(0, 2 ** 52)
/** What is counted from 1. */
export const ordinal: Codec<number> = natural(1, 2 ** 52)
export const chain: Codec<Chain> = natural<Chain>()
export const milliseconds: Codec<number> = natural()
export const incarnation: Codec<Incarnation, Incarnation> = natural(1)
export const incarnationOrNone: Codec<Incarnation | 0> = natural<Incarnation | 0>()
export const memoryOrNone: Codec<MemoryId | 0> = natural<MemoryId | 0>()
export const role: Codec<Role> = oneOf('voter', 'learner')

export const position: Codec<Position> = struct({ index, chain })
export const ballot: Codec<Ballot> = struct({
  number: natural(),
  nodeid: uint32,
  incarnation: incarnationOrNone,
})
export const ring: Codec<RingId> = struct({ nodeid: uint32, seq: uint64 })
export const group: Codec<GroupId> = struct({ random: natural(1), generation: ballot })

export const voters: Codec<VoterSet> = struct({
  nodeids: where(list(uint32), 'voters are at least one, and ascend', isAscending),
  policy: oneOf('majority', 'votequorum'),
})

function isAscending(nodeids: readonly number[]): boolean {
  return nodeids.length > 0 && nodeids.every((nodeid, i) => nodeid > (nodeids[i - 1] ?? -1))
}

export const participants: Codec<readonly Participant[]> = list(
  struct({ nodeid: uint32, pid: uint32, incarnation, role, memory: memoryOrNone }),
)

export const viewMembers: Codec<readonly ViewMember[]> = list(
  struct({ nodeid: uint32, pid: uint32, incarnation: incarnationOrNone }),
)

export const epoch: Codec<EpochRecord> = struct({ ballot, participants })
export const quorum: Codec<QuorumNotification> = struct({ quorate: flag, ring })
export const versions: Codec<Versions> = struct({ protocol: natural(), machine: natural() })

export const versionRange: Codec<VersionRange> = where(
  struct({ lowest: natural(), highest: natural() }),
  'the lowest version is not above the highest',
  ({ lowest, highest }) => lowest <= highest,
)

// What a replica keeps beside its log and its snapshot. Design: docs/protocol.md, "A replica keeps".

import type { MemoryId } from '../identity.ts'
import type { Ballot } from '../wire/ballot.ts'
import type { GroupId, VoterSet } from '../wire/group.ts'
import type { EpochRecord } from '../wire/messages.ts'
import type { Index } from './entry.ts'

/** Written with the entries that rest on it, in one write. */
export interface StorageRecord {
  readonly memory: MemoryId
  readonly group: GroupId | null
  readonly voters: VoterSet
  readonly promised: Ballot
  readonly epoch: EpochRecord
  /** Whether it has never adopted an epoch since its memory began. */
  readonly blank: boolean
  /** The highest index that this replica knows it may have counted in `epoch`. */
  readonly certain: Index
  readonly commit: Index
}

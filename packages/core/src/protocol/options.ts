// What an engine is told when it is made: who it is, and its bounds. All bounds stand here.

import type { MemoryId, Process, Role } from '../identity.ts'
import type { Entry } from '../log/entry.ts'
import type { LogStart } from '../log/log.ts'
import type { StorageRecord } from '../log/storage-record.ts'
import type { VoterSet } from '../wire/group.ts'
import type { VersionRange } from '../wire/messages.ts'
import type { SeededFault } from './faults.ts'

/** Milliseconds. */
export interface Timeouts {
  /** How long a coordinator waits for all promises, at first; within a view, what is late or taken over doubles it. */
  readonly collectionMs: number
  /** Where the doubling ends. Far below what a round takes, no round comes to its end. */
  readonly collectionMsMax: number
  /** How long a joiner waits for a chunk before it turns to the next donor, at first. Shorter than a takeover. */
  readonly stallMs: number
  /** How long a donor keeps a snapshot, and the log behind it, that nobody asks for. At least until a joiner stalls. */
  readonly snapshotIdleMs: number
  /** How long a member waits for another's TICK, per rank, before it proposes one. */
  readonly tickMs: number
  /** With a storage: how old its snapshot may be when entries are applied. */
  readonly snapshotMs: number
}

/** Bounds of memory, and of what is under way. */
export interface Limits {
  /** Commands and bytes of one PROPOSE. One command may be larger. */
  readonly batchCommandsMax: number
  readonly batchBytesMax: number
  /** Own proposals that have been sent and not yet delivered here. */
  readonly proposalsInFlightMax: number
  /** Own entries that are not yet committed. All origins' together have to fit into one PROMISE. */
  readonly uncommittedEntriesMax: number
  /** A joiner's held proposals. At least what all origins together may have uncommitted. */
  readonly heldBytesMax: number
  /** Entries that were handed to the storage and are not stored. At least what all origins may have uncommitted. */
  readonly backlogEntriesMax: number
  readonly backlogBytesMax: number
  /**
   * Committed and applied entries that are retained for those who missed them: by default a minute of 2,000 entries a
   * second. Each takes some 500 bytes of memory beside its payload.
   */
  readonly retainedEntriesMax: number
  readonly retainedBytesMax: number
  /**
   * With a storage: bytes of the entries behind its snapshot; where they are more, and more than the snapshot itself
   * has, another one is written.
   */
  readonly logBytesMax: number
  /** Bytes of one CHUNK, and of one part of a snapshot that is stored; and CHUNKs that a joiner asks for, and a donor sends, at once. */
  readonly chunkBytesMax: number
  readonly chunksInFlightMax: number
}

export interface EngineOptions {
  readonly self: Process
  readonly role: Role
  readonly voters: VoterSet
  /** The voters come from corosync's node list: the group's own set, once known, goes before. */
  readonly votersFromNodeList: boolean
  /** Drawn for this process; a stored one goes before. */
  readonly memory: MemoryId
  readonly protocolVersions: VersionRange
  readonly machineVersions: VersionRange
  /** Milliseconds since 1970 by the node's clock, minus the `now` of the inputs. The input `wall` tells changes. */
  readonly wallOffsetMs: number
  readonly timeouts: Timeouts
  readonly limits: Limits
  /** Of the own transport. Others', or the own one before, may take more. */
  readonly messageBytesMax: number
  /** What was on disk; `null`: nothing, or there is no disk. */
  readonly stored: StoredState | null
  /** Only for the tests that show that the simulator finds it. */
  readonly fault: SeededFault | null
}

/** What a replica begins with after a restart. */
export interface StoredState {
  readonly record: StorageRecord
  readonly start: LogStart
  readonly entries: readonly Entry[]
  /** What the machine was restored to; at least `start.index`, at most `record.commit`. */
  readonly applied: number
}

export const defaultTimeouts: Timeouts = {
  collectionMs: 50,
  collectionMsMax: 800,
  stallMs: 150,
  snapshotIdleMs: 30_000,
  tickMs: 100,
  snapshotMs: 600_000,
}

export const defaultLimits: Limits = {
  batchCommandsMax: 512,
  batchBytesMax: 256 * 1024,
  proposalsInFlightMax: 4,
  uncommittedEntriesMax: 256,
  heldBytesMax: 256 * 1024 * 1024,
  backlogEntriesMax: 65_536,
  backlogBytesMax: 256 * 1024 * 1024,
  retainedEntriesMax: 131_072,
  retainedBytesMax: 64 * 1024 * 1024,
  logBytesMax: 64 * 1024 * 1024,
  chunkBytesMax: 128 * 1024,
  chunksInFlightMax: 4,
}

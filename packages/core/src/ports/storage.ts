// The port to a disk. Design: docs/protocol.md, "Order of disk and messages".

import type { Entry, Index } from '../log/entry.ts'
import type { StorageRecord } from '../log/storage-record.ts'
import type { Position } from '../wire/messages.ts'

export type { StorageRecord } from '../log/storage-record.ts'

/** Whose storage it is: what two replicas must not share. */
export interface StorageOwner {
  /** The group's name. */
  readonly group: string
  readonly nodeid: number
  /** The machine's name. */
  readonly machine: string
}

/** The state of the machine and all that belongs to it at an index. */
export interface StoredSnapshot extends Position {
  /** Its bytes, one piece after the other. To be read before the first write, and once. */
  readonly pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

/** Some bytes of a snapshot that is not complete yet. */
export interface SnapshotPart {
  /** Where they lie in it: 0, or where the part before ended. */
  readonly offset: number
  readonly bytes: Uint8Array
}

/** One write. */
export interface StorageWrite {
  /**
   * Before all else in this write: what is there is kept under another name, for whoever looks into what went wrong,
   * and the storage is empty. Never deleted by a storage itself; nothing is kept of an empty one.
   */
  readonly setAside?: true
  /** With the first write of an empty storage, and with one that sets aside; replaces an older one. */
  readonly owner?: StorageOwner
  readonly record?: StorageRecord
  /**
   * Alone in its write. At offset 0 another snapshot begins, in the place of one that has not become the snapshot yet.
   * Nothing else touches parts, `setAside` included; those of a snapshot that never became one are gone after a restart.
   */
  readonly part?: SnapshotPart
  /** The parts that have come are the snapshot from now on, in the place of an older one. */
  readonly snapshot?: Position
  /** All entries go, before `truncate` and `append`; the next one follows this. */
  readonly begin?: Position
  /** Entries behind this index go, before `append`. */
  readonly truncate?: Index
  /** Follow the last entry that is there. */
  readonly append?: readonly Entry[]
  /** Entries up to this index may go: a snapshot covers them and nobody is served from them any more. */
  readonly forget?: Index
}

/** What a storage holds when it is opened. */
export interface Stored {
  readonly owner: StorageOwner
  readonly record: StorageRecord
  readonly snapshot: StoredSnapshot | null
  /** What `entries` follow. */
  readonly start: Position
  readonly entries: readonly Entry[]
}

/**
 * A disk of one replica. What an implementation guarantees:
 *
 * 1. **Atomic.** After a crash at any moment, each write is there as a whole or not at all.
 * 2. **In order.** If a write is there, all before it are.
 * 3. **Durable.** What `done` was called for, without an error, is there after any crash, power loss included.
 * 4. **Loud.** A write that fails calls `done` with the error, and every later one fails too.
 */
export interface Storage {
  /** What is there; `null`: no owner and record were ever written. Called once, before any write. */
  load(): Promise<Stored | null>
  /** Writes; `done` is called once, in the order of the writes, on a later turn. Several may be under way. */
  write(write: StorageWrite, done: (error?: Error) => void): void
  /** Ends when all writes have ended. */
  close(): Promise<void>
}

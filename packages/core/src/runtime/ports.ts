// What a loop stands on, and who hears of what it does.

import type { Index, Versions } from '../log/entry.ts'
import type { SliceDecoder } from '../machine/data/slice-decoder.ts'
import type { CommandOutcome } from '../machine/outcome.ts'
import type { ReplicatedState } from '../machine/replicated-state.ts'
import type { Clock } from '../ports/clock.ts'
import type { StorageWrite, Stored } from '../ports/storage.ts'
import type { DigestInput } from '../protocol/input.ts'
import type { Notice, StopOutput } from '../protocol/output.ts'

/** A snapshot that was read. */
export interface ReadSnapshot {
  readonly index: Index
  readonly bytes: number
  readonly decoder: SliceDecoder
}

/** What a storage holds, with its snapshot read. */
export interface Restorable extends Omit<Stored, 'owner' | 'snapshot'> {
  readonly snapshot: ReadSnapshot | null
  /** Left out: the loop applies what is committed. */
  readonly replayed?: Replayed
}

/** The machine's state at the last entry that is known to be committed. */
export interface Replayed {
  readonly state: ReplicatedState
  /** Those of the snapshot. */
  readonly versions: Versions
  /** Of the entries behind it that were applied. */
  readonly bytes: number
  readonly digests: readonly DigestInput[]
}

/** A storage that was opened, and is this replica's. */
export interface LoopStorage {
  /** `null` once a loop has begun with it: what is forgotten since then must not stay in memory. */
  stored: Restorable | null
  write(write: StorageWrite, done: (error?: Error) => void): void
}

export interface LoopPorts {
  readonly clock: Clock
  /** `null`: nothing outlives the process. */
  readonly storage: LoopStorage | null
  /** As `Channel.send`. */
  send(bytes: Uint8Array): boolean
  /** Events or inputs wait no more: the loop wants `settle` called, once, when nothing else is at hand. */
  wake(): void
}

/** Each is called when it has happened; none may call the loop back but by its inputs, which then wait. */
export interface LoopListener {
  /** These requests have numbers from now on: what becomes of them is told by number. */
  numbered(first: number, requests: readonly number[]): void
  outcomes(outcomes: readonly CommandOutcome[]): void
  /** Their session has ended: outcome unknown. */
  expired(numbers: readonly number[]): void
  /** The machine's state as it is now answers these reads. */
  readable(reads: readonly number[]): void
  /** What the machine emitted at this entry. */
  emitted(index: Index, events: readonly unknown[]): void
  /** Entries up to `index` are applied. */
  applied(index: Index): void
  notice(notice: Notice): void
  /** Nothing happens any more: the protocol or the machine must not go on, or the disk has failed. */
  stopped(reason: StopOutput['reason'] | 'machine' | 'storage', cause: Error): void
}

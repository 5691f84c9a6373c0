// When another snapshot of the own state is stored, and how: in parts, each when the one before is on disk, while
// commands go on. Design: docs/protocol.md, "Order of disk and messages", R9.7.

import type { Index } from '../log/entry.ts'
import type { SliceEncoder } from '../machine/data/slice-encoder.ts'
import type { SnapshotPart } from '../ports/storage.ts'
import type { Limits, Timeouts } from '../protocol/options.ts'
import type { Position } from '../wire/messages.ts'

/** A snapshot that is being stored. */
interface Writing {
  readonly at: Position
  readonly slices: SliceEncoder
  offset: number
  /** Of the log, when it began. */
  readonly logBytes: number
}

/** The next part; `last`: the snapshot is whole with it. */
export interface NextPart extends SnapshotPart {
  readonly at: Position
  readonly last: boolean
}

export class Compaction {
  /** Of the newest stored snapshot; 0: there is none. */
  index: Index
  /** Of the applied entries behind it. */
  logBytes = 0
  #snapshotBytes: number
  #sinceMs: number
  #writing: Writing | null = null

  /** @param bytes of the snapshot at `index`; 0: there is none */
  constructor(index: Index, bytes: number, nowMs: number) {
    this.index = index
    this.#snapshotBytes = bytes
    this.#sinceMs = nowMs
  }

  /** Entries of so many bytes were applied. */
  grew(bytes: number): void {
    this.logBytes += bytes
  }

  isDue({ logBytesMax }: Limits, { snapshotMs }: Timeouts, nowMs: number): boolean {
    if (this.#writing !== null || this.logBytes === 0) return false
    return this.logBytes > Math.max(logBytesMax, this.#snapshotBytes) || nowMs - this.#sinceMs > snapshotMs
  }

  begin(at: Position, slices: SliceEncoder, nowMs: number): void {
    this.#writing = { at, slices, offset: 0, logBytes: this.logBytes }
    this.#sinceMs = nowMs
  }

  /** `null`: nothing is being stored. */
  next({ chunkBytesMax }: Limits): NextPart | null {
    const writing = this.#writing
    if (writing === null) return null
    const { at, slices, offset } = writing
    const { bytes, isLast: last } = slices.next(chunkBytesMax)
    writing.offset += bytes.length
    return { at, offset, bytes, last }
  }

  /** Whether the snapshot at this position is the one that is being stored. */
  isWriting(at: Position): boolean {
    return this.#writing?.at === at
  }

  /** All its parts are on disk. */
  finish(): void {
    const { at, offset, logBytes } = this.#writing as Writing
    this.index = at.index
    this.#snapshotBytes = offset
    this.logBytes -= logBytes
    this.#writing = null
  }

  /** What is stored from now on is another's: a donor's, or that of another history. */
  giveUp(): void {
    this.#writing = null
  }

  /** A donor's snapshot was stored: nothing lies behind it. */
  replaced(index: Index, bytes: number): void {
    this.index = index
    this.#writing = null
    this.#snapshotBytes = bytes
    this.logBytes = 0
  }
}

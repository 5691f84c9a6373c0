// What a disk holds: writes of the storage port, applied one after the other.

import { type Entry, emptyChain, type Index } from '../log/entry.ts'
import type {
  SnapshotPart,
  StorageOwner,
  StorageRecord,
  StorageWrite,
  Stored,
  StoredSnapshot,
} from '../ports/storage.ts'
import type { Position } from '../wire/messages.ts'

/** What the first entry follows. */
const beginning: Stored['start'] = { index: 0, chain: emptyChain }

export class DiskImage {
  #owner: StorageOwner | null = null
  #record: StorageRecord | null = null
  #snapshot: StoredSnapshot | null = null
  /** Of a snapshot that is not complete. */
  #parts: Uint8Array[] = []
  #start = beginning
  #entries: Entry[] = []
  readonly #asides: Stored[] = []

  /** What was set aside, oldest first. */
  get asides(): readonly Stored[] {
    return this.#asides
  }

  /** @throws {Error} the write leaves a gap in the log: the writer is wrong. Nothing of it is done */
  apply(write: StorageWrite): void {
    const { owner, record, part, snapshot, begin, truncate, append, forget } = write
    this.#check(write)
    if (write.setAside) this.#setAside()
    if (owner !== undefined) this.#owner = owner
    if (record !== undefined) this.#record = record
    if (part !== undefined) this.#add(part)
    if (snapshot !== undefined) this.#complete(snapshot)
    if (begin !== undefined) {
      this.#start = begin
      this.#entries = []
    }
    if (truncate !== undefined) this.#entries.length = truncate - this.#start.index
    for (const entry of append ?? []) this.#entries.push(entry)
    if (forget !== undefined && forget > this.#start.index) this.#forget(forget)
  }

  /** As `Storage.load`. */
  load(): Stored | null {
    if (this.#owner === null || this.#record === null) return null
    return {
      owner: this.#owner,
      record: this.#record,
      snapshot: this.#snapshot,
      start: this.#start,
      entries: [...this.#entries],
    }
  }

  /** The process that wrote them is gone: nobody goes on with them. */
  dropParts(): void {
    this.#parts = []
  }

  #add({ offset, bytes }: SnapshotPart): void {
    if (offset === 0) this.#parts = []
    this.#parts.push(bytes)
  }

  #complete({ index, chain }: Position): void {
    this.#snapshot = { index, chain, pieces: this.#parts }
    this.#parts = []
  }

  #setAside(): void {
    const stored = this.load()
    if (stored !== null) this.#asides.push(stored)
    this.#owner = null
    this.#record = null
    this.#snapshot = null
    this.#start = beginning
    this.#entries = []
  }

  #check({ setAside, part, snapshot, begin, truncate, append = [], forget }: StorageWrite): void {
    const bytes = this.#parts.reduce((sum, { length }) => sum + length, 0)
    if (part !== undefined && part.offset !== 0 && part.offset !== bytes)
      throw new Error(`part: it lies at ${part.offset}, and those before it have ${bytes} bytes.`)
    if (snapshot !== undefined && bytes === 0) throw new Error('snapshot: no part of it has come.')
    const from = begin?.index ?? (setAside ? 0 : undefined)
    const start = from ?? this.#start.index
    const end = from ?? start + this.#entries.length
    if (truncate !== undefined && (truncate < start || truncate > end))
      throw new Error(`truncate: ${truncate} lies outside of the log, which has ${start} to ${end}.`)
    const endThen = (truncate ?? end) + append.length
    if (forget !== undefined && forget > endThen)
      throw new Error(`forget: ${forget} lies behind the end of the log, ${endThen}.`)
  }

  #forget(index: Index): void {
    const count = index - this.#start.index
    const { chain } = this.#entries[count - 1] as Entry
    this.#start = { index, chain }
    this.#entries = this.#entries.slice(count)
  }
}

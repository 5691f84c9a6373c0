// What a disk holds: writes of the storage port, applied one after the other.

import { type Entry, emptyChain, type Index } from '../log/entry.ts'
import type { StorageOwner, StorageRecord, StorageWrite, Stored, StoredSnapshot } from '../ports/storage.ts'

/** What the first entry follows. */
const beginning: Stored['start'] = { index: 0, chain: emptyChain }

export class DiskImage {
  #owner: StorageOwner | null = null
  #record: StorageRecord | null = null
  #snapshot: StoredSnapshot | null = null
  #start = beginning
  #entries: Entry[] = []
  readonly #asides: Stored[] = []

  /** What was set aside, oldest first. */
  get asides(): readonly Stored[] {
    return this.#asides
  }

  /** @throws {Error} the write leaves a gap in the log: the writer is wrong. Nothing of it is done */
  apply(write: StorageWrite): void {
    const { owner, record, snapshot, begin, truncate, append, forget } = write
    this.#check(write)
    if (write.setAside) this.#setAside()
    if (owner !== undefined) this.#owner = owner
    if (record !== undefined) this.#record = record
    if (snapshot !== undefined) this.#snapshot = snapshot
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

  #setAside(): void {
    const stored = this.load()
    if (stored !== null) this.#asides.push(stored)
    this.#owner = null
    this.#record = null
    this.#snapshot = null
    this.#start = beginning
    this.#entries = []
  }

  #check({ setAside, begin, truncate, append = [], forget }: StorageWrite): void {
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

// What a disk holds: writes of the storage port, applied one after the other.

import type { StorageRecord, StorageWrite, Stored, StoredSnapshot } from '@quorate/core'
import type { LoopStorage } from '@quorate/core/simulation'

type Entries = NonNullable<StorageWrite['append']>
type Position = Stored['start']

/** The image of one storage. */
export class DiskImage {
  #record: StorageRecord | null = null
  #snapshot: StoredSnapshot | null = null
  readonly #origin: Position
  #start: Position
  #entries: Entries[number][] = []

  /** Empty; `start` is what the first entry follows. */
  constructor(start: Position) {
    this.#origin = start
    this.#start = start
  }

  /** @throws {Error} the write leaves a gap in the log: the writer is wrong */
  apply({ setAside, record, snapshot, begin, truncate, append, forget }: StorageWrite): void {
    if (setAside) this.#empty()
    if (record !== undefined) this.#record = record
    if (snapshot !== undefined) this.#snapshot = snapshot
    if (begin !== undefined) this.#beginBehind(begin)
    if (truncate !== undefined) this.#truncate(truncate)
    if (append !== undefined) for (const entry of append) this.#entries.push(entry)
    if (forget !== undefined) this.#forget(forget)
  }

  /** As `Storage.load`; `null` before the first record. */
  load(): LoopStorage['stored'] {
    if (this.#record === null) return null
    const { index, chain } = this.#start
    return {
      record: this.#record,
      snapshot: this.#snapshot,
      start: { index, chain },
      entries: [...this.#entries],
    }
  }

  get #end(): number {
    return this.#start.index + this.#entries.length
  }

  /** Nobody looks at what was set aside. */
  #empty(): void {
    this.#record = null
    this.#snapshot = null
    this.#beginBehind(this.#origin)
  }

  #beginBehind(position: Position): void {
    this.#start = position
    this.#entries = []
  }

  #truncate(index: number): void {
    if (index > this.#end) {
      throw new Error(`truncate: ${index}, but the stored log ends at ${this.#end}: the write leaves a gap.`)
    }
    if (index < this.#start.index) {
      throw new Error(`truncate: ${index}, but the stored log begins behind ${this.#start.index}.`)
    }
    this.#entries.length = index - this.#start.index
  }

  #forget(index: number): void {
    const count = Math.min(index, this.#end) - this.#start.index
    const last = this.#entries[count - 1]
    if (last === undefined) return
    this.#start = { index: this.#start.index + count, chain: last.chain }
    this.#entries.splice(0, count)
  }
}

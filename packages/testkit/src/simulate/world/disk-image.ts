// What a disk holds: writes of the storage port, applied one after the other.

import type { StorageRecord, StorageWrite, Stored } from '@quorate/core'
import { type LoopStorage, snapshotDecoder } from '@quorate/core/simulation'

type Entries = NonNullable<StorageWrite['append']>
type Position = Stored['start']

/** The image of one storage. */
export class DiskImage {
  #record: StorageRecord | null = null
  #snapshot: { readonly index: number; readonly parts: readonly Uint8Array[] } | null = null
  /** Of a snapshot that is not complete. */
  #parts: Uint8Array[] = []
  readonly #origin: Position
  #start: Position
  #entries: Entries[number][] = []

  /** Empty; `start` is what the first entry follows. */
  constructor(start: Position) {
    this.#origin = start
    this.#start = start
  }

  /** @throws {Error} the write leaves a gap in the log: the writer is wrong */
  apply({ setAside, record, part, snapshot, begin, truncate, append, forget }: StorageWrite): void {
    if (setAside) this.#empty()
    if (record !== undefined) this.#record = record
    if (part !== undefined) this.#add(part)
    if (snapshot !== undefined) this.#complete(snapshot.index)
    if (begin !== undefined) this.#beginBehind(begin)
    if (truncate !== undefined) this.#truncate(truncate)
    if (append !== undefined) for (const entry of append) this.#entries.push(entry)
    if (forget !== undefined) this.#forget(forget)
  }

  /** For the process that starts on it; `null` before the first record. */
  load(): LoopStorage['stored'] {
    if (this.#record === null) return null
    const { index, chain } = this.#start
    return {
      record: this.#record,
      snapshot: this.#decoded(),
      start: { index, chain },
      entries: [...this.#entries],
    }
  }

  /** The process that wrote them is gone: nobody goes on with them. */
  dropParts(): void {
    this.#parts = []
  }

  get #end(): number {
    return this.#start.index + this.#entries.length
  }

  #add({ offset, bytes }: NonNullable<StorageWrite['part']>): void {
    if (offset === 0) this.#parts = []
    const before = bytesOf(this.#parts)
    if (offset !== before) throw new Error(`part: it lies at ${offset}, but ${before} bytes came before it.`)
    this.#parts.push(bytes)
  }

  #complete(index: number): void {
    if (this.#parts.length === 0) throw new Error('snapshot: no part of it has come.')
    this.#snapshot = { index, parts: this.#parts }
    this.#parts = []
  }

  #decoded(): NonNullable<LoopStorage['stored']>['snapshot'] {
    if (this.#snapshot === null) return null
    const { index, parts } = this.#snapshot
    const decoder = snapshotDecoder()
    for (const part of parts) decoder.add(part)
    return { index, bytes: bytesOf(parts), decoder }
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

const bytesOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0)

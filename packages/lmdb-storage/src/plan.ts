// One transaction while it is put together from the writes that wait: each is checked, then done to what the storage
// knows of itself, and becomes puts. A key that is put twice is put once.

import type { Chain, Entry, Index, SnapshotPart, StorageWrite } from '@quorate/core'
import { encodeRecord } from '@quorate/core/encoding'
import {
  type Contents,
  emptyHead,
  encodeJson,
  type Garbage,
  type Head,
  isEmpty,
  type Position,
  type Root,
} from './contents.ts'
import { chainOf, readChain } from './entry-value.ts'
import { cleared, clearedMax, withGarbage } from './garbage.ts'
import { entryKey, headKey, partKey, recordKey, rootKey } from './keys.ts'
import { seal, unseal } from './sealed.ts'
import { checkWrite } from './write-check.ts'

export interface Put {
  readonly key: Buffer
  readonly value: Buffer
}

/** What a transaction does, the puts first. */
export interface Operations {
  readonly puts: readonly Put[]
  readonly removes: readonly Buffer[]
}

export class Plan {
  readonly #before: Contents
  readonly #read: (key: Buffer) => Uint8Array
  #root: Root
  #head: Head
  readonly #puts = new Map<string, Put>()
  #bytes = 0

  /** @param read gives what is on disk under a key that is there */
  constructor(before: Contents, read: (key: Buffer) => Uint8Array) {
    this.#before = before
    this.#read = read
    this.#root = before.root
    this.#head = before.head
  }

  /** Of all values that were put. */
  get bytes(): number {
    return this.#bytes
  }

  /** What the storage knows of itself when the transaction is done. */
  get contents(): Contents {
    return { root: this.#root, head: this.#head }
  }

  /** @throws {Error} the write leaves a gap, or holds what could not be read again: nothing of it is done */
  add(write: StorageWrite): void {
    checkWrite(this.contents, write)
    const { owner, record, part, snapshot, begin, truncate, append = [], forget } = write
    const recordBytes = record && encodeRecord(record)
    if (write.setAside) this.#setAside()
    if (owner !== undefined) this.#head = { ...this.#head, owner }
    if (recordBytes !== undefined) this.#putRecord(recordBytes)
    if (part !== undefined) this.#putPart(part)
    if (snapshot !== undefined) this.#complete(snapshot)
    if (begin !== undefined) this.#begin(begin)
    if (truncate !== undefined) this.#head = { ...this.#head, end: truncate }
    if (append.length > 0) this.#append(append)
    if (forget !== undefined && forget > this.#head.start.index) this.#forget(forget)
  }

  /** Once, when all writes were added. */
  finish(): Operations {
    const { keys, left } = cleared(this.#root.garbage, clearedMax(this.#puts.size))
    if (keys.length > 0) this.#root = { ...this.#root, garbage: left }
    if (this.#root !== this.#before.root) this.#put(rootKey, encodeJson(this.#root))
    if (this.#head !== this.#before.head) this.#put(headKey(this.#root.current), encodeJson(this.#head))
    return { puts: [...this.#puts.values()], removes: keys }
  }

  #put(key: Buffer, ...parts: readonly Uint8Array[]): void {
    const value = seal(key, ...parts)
    this.#puts.set(key.toString('latin1'), { key, value })
    this.#bytes += value.length
  }

  #putRecord(bytes: Uint8Array): void {
    if (!this.#head.hasRecord) this.#head = { ...this.#head, hasRecord: true }
    this.#put(recordKey(this.#root.current), bytes)
  }

  #putPart({ offset, bytes }: SnapshotPart): void {
    if (offset === 0) this.#beginParts()
    const parts = this.#root.parts as NonNullable<Root['parts']>
    this.#put(partKey(parts.id, parts.count), bytes)
    this.#root = {
      ...this.#root,
      parts: { id: parts.id, count: parts.count + 1, bytes: parts.bytes + bytes.length },
    }
  }

  #beginParts(): void {
    this.#discardParts(this.#root.parts)
    const id = this.#nextId()
    this.#root = { ...this.#root, parts: { id, count: 0, bytes: 0 } }
  }

  /** Whatever its size: what leads to its parts is written, and no part. */
  #complete({ index, chain }: Position): void {
    this.#discardParts(this.#head.snapshot)
    const parts = this.#root.parts as NonNullable<Root['parts']>
    this.#head = { ...this.#head, snapshot: { index, chain, ...parts } }
    this.#root = { ...this.#root, parts: null }
  }

  #begin(start: Position): void {
    this.#discardLog()
    this.#head = { ...this.#head, log: this.#nextId(), start, end: start.index, highest: start.index }
  }

  #append(entries: readonly Entry[]): void {
    const { log, highest } = this.#head
    let { end } = this.#head
    for (const entry of entries) this.#put(entryKey(log, ++end), chainOf(entry), entry.payload)
    this.#head = { ...this.#head, end, highest: Math.max(highest, end) }
  }

  #forget(index: Index): void {
    const { log, start } = this.#head
    const chain = this.#chainAt(log, index)
    this.#discard({ kind: 'entry', id: log, from: start.index + 1, to: index })
    this.#head = { ...this.#head, start: { index, chain } }
  }

  #chainAt(log: number, index: Index): Chain {
    const key = entryKey(log, index)
    const put = this.#puts.get(key.toString('latin1'))
    return readChain((put && unseal(key, put.value)) ?? this.#read(key))
  }

  /** The holding stays as it is, and another one is in use from now on: nothing of it is copied. */
  #setAside(): void {
    const { current, asides } = this.#root
    if (isEmpty(this.#head)) this.#discardHolding()
    else this.#root = { ...this.#root, asides: [...asides, current] }
    if (this.#head !== this.#before.head) this.#put(headKey(current), encodeJson(this.#head))
    const holding = this.#nextId()
    this.#root = { ...this.#root, current: holding }
    this.#head = emptyHead(this.#nextId())
  }

  #discardHolding(): void {
    this.#discardParts(this.#head.snapshot)
    this.#discardLog()
  }

  #discardLog(): void {
    const { log, start, highest } = this.#head
    this.#discard({ kind: 'entry', id: log, from: start.index + 1, to: highest })
  }

  #discardParts(parts: Root['parts']): void {
    if (parts !== null) this.#discard({ kind: 'part', id: parts.id, from: 0, to: parts.count - 1 })
  }

  #discard(garbage: Garbage): void {
    this.#root = { ...this.#root, garbage: withGarbage(this.#root.garbage, garbage) }
  }

  #nextId(): number {
    const lastId = this.#root.lastId + 1
    this.#root = { ...this.#root, lastId }
    return lastId
  }
}

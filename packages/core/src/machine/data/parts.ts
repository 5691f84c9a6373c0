// The parts of a value, one after the other, for a walk that stops on the way. Written with them is what is no part of
// its own: the head, and the keys of plain objects and tables.

import { Entries, type Pair } from '../table/entries.ts'
import { Packed } from './packed.ts'
import { tag } from './tags.ts'
import type { Writer } from './writer.ts'

export interface Parts {
  /** The key that leads to `part`. */
  readonly step: unknown
  readonly part: unknown
  /** Goes to the next part, if there is one. */
  next(): boolean
}

/** Writes the head. `null`: it has no parts, and is written as a whole. */
export function partsOf(value: object, writer: Writer): Parts | null {
  if (Array.isArray(value)) return new ArrayParts(value, writer)
  if (value instanceof Map) return new MapParts(value, writer)
  if (value instanceof Set) return new SetParts(value, writer)
  if (value instanceof Entries) return new TableParts(value, writer)
  if (value instanceof Uint8Array) writer.bytes(value)
  else if (value instanceof Packed) writer.raw(value.bytes as Uint8Array)
  else if (value instanceof Date) writer.date(value)
  else return new ObjectParts(value as Readonly<Record<string, unknown>>, writer)
  return null
}

class ArrayParts implements Parts {
  step = -1
  part: unknown
  readonly #array: readonly unknown[]
  readonly #writer: Writer

  constructor(array: readonly unknown[], writer: Writer) {
    writer.head(tag.array, array.length)
    this.#array = array
    this.#writer = writer
  }

  next(): boolean {
    if (++this.step >= this.#array.length) return false
    this.part = this.#writer.item(this.#array, this.step)
    return true
  }
}

class ObjectParts implements Parts {
  step = ''
  part: unknown
  readonly #object: Readonly<Record<string, unknown>>
  readonly #keys: readonly string[]
  readonly #writer: Writer
  #place = 0

  constructor(object: Readonly<Record<string, unknown>>, writer: Writer) {
    this.#object = object
    this.#keys = writer.objectHead(object)
    this.#writer = writer
  }

  next(): boolean {
    const key = this.#keys[this.#place++]
    if (key === undefined) return false
    this.#writer.string(key)
    this.step = key
    this.part = this.#object[key]
    return true
  }
}

class MapParts implements Parts {
  step: unknown
  part: unknown
  readonly #entries: Iterator<[unknown, unknown]>
  /** The part is a key: its item follows. */
  #isAtKey = false
  #item: unknown

  constructor(map: ReadonlyMap<unknown, unknown>, writer: Writer) {
    writer.head(tag.map, map.size)
    this.#entries = map.entries()
  }

  next(): boolean {
    this.#isAtKey = !this.#isAtKey
    if (this.#isAtKey) return this.#nextKey()
    this.part = this.#item
    return true
  }

  #nextKey(): boolean {
    const { done, value } = this.#entries.next()
    if (done) return false
    this.step = value[0]
    this.part = value[0]
    this.#item = value[1]
    return true
  }
}

class SetParts implements Parts {
  step: unknown
  part: unknown
  readonly #items: Iterator<unknown>

  constructor(set: ReadonlySet<unknown>, writer: Writer) {
    writer.head(tag.set, set.size)
    this.#items = set.values()
  }

  next(): boolean {
    const { done, value } = this.#items.next()
    this.step = value
    this.part = value
    return done !== true
  }
}

class TableParts implements Parts {
  step: unknown
  part: unknown
  readonly #writer: Writer
  readonly #pairs: Iterator<Pair>
  readonly #heading: readonly number[]
  #headingPlace = 0

  /** @param entries a snapshot */
  constructor(entries: Entries, writer: Writer) {
    writer.bareHead(tag.table)
    this.#writer = writer
    this.#heading = [entries.size, entries.low, entries.high]
    this.#pairs = entries.packedPairs()
  }

  next(): boolean {
    if (this.#headingPlace === this.#heading.length) return this.#nextPair()
    this.part = this.#heading[this.#headingPlace++]
    return true
  }

  #nextPair(): boolean {
    const { done, value } = this.#pairs.next()
    if (done) return false
    this.#writer.string(value[0])
    this.step = value[0]
    this.part = value[1]
    return true
  }
}

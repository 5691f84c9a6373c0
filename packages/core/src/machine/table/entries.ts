// The entries of a table: a B+ tree of frozen values, by key in the order of UTF-16 code units, and their hash. A
// snapshot of them is taken at once, for the trees share their nodes, and the first change to a shared node copies it.
// Values that came with a snapshot are packed until somebody looks at them, which nobody sees.

import { freeze } from 'immer'
import sortedBTree from 'sorted-btree'
import { read } from '../data/decode.ts'
import { encodeAll } from '../data/encode.ts'
import { Packed } from '../data/packed.ts'
import { Reader } from '../data/reader.ts'
import { EntryHash } from './entry-hash.ts'

const BTree = sortedBTree.default
type Tree = sortedBTree.default<string, unknown>

export type Pair = [key: string, value: unknown]

/** What `pairs` goes over: from `from` on, up to `below` and without it. */
export interface Bounds {
  readonly from?: string | undefined
  readonly below?: string | undefined
  readonly reverse?: boolean | undefined
}

/** What was there before a change, for `undo`. */
export interface Before {
  readonly tree: Tree
  /** `null`: the tree was replaced, and is as it was. */
  readonly key: string | null
  readonly stored: unknown
  readonly low: number
  readonly high: number
  readonly snapshot: Entries | null
}

/** Stands for it in the tree: what the tree gives as undefined is not there. */
const storedUndefined = Symbol('undefined')

export class Entries {
  #tree: Tree
  readonly #hash: EntryHash
  readonly #isSnapshot: boolean
  /** Of what is there now. */
  #snapshot: Entries | null = null

  constructor(tree: Tree = emptyTree(), hash: EntryHash = new EntryHash(), isSnapshot = false) {
    this.#tree = tree
    this.#hash = hash
    this.#isSnapshot = isSnapshot
  }

  get size(): number {
    return this.#tree.size
  }

  /** A lane of the hash; see entry-hash.ts. */
  get low(): number {
    return this.#hash.low
  }

  get high(): number {
    return this.#hash.high
  }

  /** Of what is no string the tree would take any entry for equal. */
  has(key: string): boolean {
    return typeof key === 'string' && this.#tree.get(key) !== undefined
  }

  get(key: string): unknown {
    return typeof key === 'string' ? unstored(this.#tree.get(key)) : undefined
  }

  /**
   * Puts an entry there that shares nothing with anybody: of the key, too, which may be cut from a long text.
   *
   * @param entry as `encodeEntry` gives it
   */
  set(entry: Uint8Array): void {
    const reader = new Reader(entry)
    const key = read(reader) as string
    this.#unhash(key)
    this.#hash.add(entry)
    this.#put(key, freeze(read(reader), true))
  }

  delete(key: string): void {
    this.#unhash(key)
    this.#tree.delete(key)
    this.#snapshot = null
  }

  /** At once, however many there are. */
  clear(): void {
    this.#tree = emptyTree()
    Object.assign(this.#hash, { low: 0, high: 0 })
    this.#snapshot = null
  }

  /** The first, or the last. */
  edge(isLast: boolean): Pair | undefined {
    const key = isLast ? this.#tree.maxKey() : this.#tree.minKey()
    return key === undefined ? undefined : [key, this.get(key)]
  }

  /** In order. Nothing may change meanwhile. */
  *pairs({ from, below, reverse = false }: Bounds = {}): IterableIterator<Pair> {
    const pairs = reverse ? this.#tree.entriesReversed(below, undefined, true) : this.#tree.entries(from)
    for (const [key, stored] of pairs) {
      if (reverse ? from !== undefined && key < from : below !== undefined && key >= below) return
      yield [key, unstored(stored)]
    }
  }

  /** All in order, to be encoded: what is packed stays so. Each pair is the same array again. */
  *packedPairs(): IterableIterator<Pair> {
    for (const pair of this.#tree.entries(undefined, [])) {
      pair[1] = encodable(pair[1])
      yield pair
    }
  }

  /** The same as they are now, whatever changes here. While nothing does, the same object. */
  snapshot(): Entries {
    if (this.#isSnapshot) return this
    this.#snapshot ??= new Entries(this.#tree.clone(), new EntryHash(this.low, this.high), true)
    return this.#snapshot
  }

  /** The same, to be changed on its own. */
  copy(): Entries {
    return new Entries(this.#tree.clone(), new EntryHash(this.low, this.high))
  }

  /** @param key that is changed next; `null`: `clear` is */
  before(key: string | null): Before {
    const { low, high } = this
    const stored = key === null ? undefined : this.#tree.get(key)
    return { tree: this.#tree, key, stored, low, high, snapshot: this.#snapshot }
  }

  /** Takes back the last change that was not taken back yet. */
  undo({ tree, key, stored, low, high, snapshot }: Before): void {
    this.#tree = tree
    if (key !== null) this.#restore(key, stored)
    Object.assign(this.#hash, { low, high })
    this.#snapshot = snapshot
  }

  /**
   * Of a snapshot that is read: its hash came with it. Whether the key is above all others.
   *
   * @param value frozen, or packed
   */
  append(key: string, value: unknown): boolean {
    const last = this.#tree.maxKey()
    if (last !== undefined && key <= last) return false
    this.#put(key, value)
    return true
  }

  #restore(key: string, stored: unknown): void {
    if (stored === undefined) this.#tree.delete(key)
    else this.#tree.set(key, stored)
  }

  #put(key: string, value: unknown): void {
    this.#tree.set(key, value === undefined ? storedUndefined : value)
    this.#snapshot = null
  }

  #unhash(key: string): void {
    const stored = this.#tree.get(key)
    if (stored !== undefined) this.#hash.remove(encodeEntry(key, unstored(stored)))
  }
}

/** @throws {QuorateError} `Unserializable`: the value, and where in it */
export function encodeEntry(key: string, value: unknown): Uint8Array {
  return encodeAll([key, value])
}

function unstored(stored: unknown): unknown {
  if (stored instanceof Packed) return stored.value
  return stored === storedUndefined ? undefined : stored
}

function encodable(stored: unknown): unknown {
  return stored instanceof Packed && stored.bytes !== null ? stored : unstored(stored)
}

function emptyTree(): Tree {
  return new BTree(undefined, compareKeys)
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

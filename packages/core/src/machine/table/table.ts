// What reducers and readers see of a table. It is the same class in three places: free, as `new Table` makes it, its
// maker's own; kept by a state, where only the state's own reducers write, and each change can be taken back; and shown
// to readers, where it never changes. Its keeper tells them apart.

import { type Draft, enableMapSet, Immer, type Immutable } from 'immer'
import { messageOf, QuorateError } from '../../errors.ts'
import { refusedAs } from '../data/refusal.ts'
import { lendLeaves } from '../leaf-watch.ts'
import { type Bounds, Entries, encodeEntry, type Pair } from './entries.ts'
import { type Inspect, type InspectOptions, inspected, inspectTable } from './inspect-table.ts'
import { mayMakeTable } from './table-journal.ts'

enableMapSet()
const immer = new Immer({ autoFreeze: false })

/** Keys are at most as long, in UTF-16 code units. */
const keyLengthMax = 1024

/** How much of a table is gone over. */
export interface TablePart {
  /** From the greatest key down. Default: no. */
  readonly reverse?: boolean | undefined
  /** At most so many entries. Default: all. */
  readonly limit?: number | undefined
}

export interface TableRange extends TablePart {
  /** The least key. Default: the first. */
  readonly from?: string | undefined
  /** Only keys less than this. Default: to the last. */
  readonly below?: string | undefined
}

/** Keys and values, in order. The values are frozen. */
export type TableEntries<Value> = IterableIterator<[key: string, value: Immutable<Value>]>

/** Who keeps a table. */
export interface TableKeeper {
  /** Such as `state.seats`. */
  readonly path: string
  /** @throws {QuorateError} `BadOption`: the table may not be written now */
  assertWritable(): void
  /** Is told before a change: of one key, or (`null`) of all. */
  note(entries: Entries, key: string | null): void
}

/** What the constructor takes instead of entries, within the project. */
class Kept {
  readonly entries: Entries
  readonly keeper: TableKeeper

  constructor(entries: Entries, keeper: TableKeeper) {
    this.entries = entries
    this.keeper = keeper
  }
}

/** What is behind a table. */
export let keptOf: (table: Table<unknown>) => Kept
export let tableOf: (entries: Entries, keeper: TableKeeper) => Table<unknown>

/**
 * Entries by key, in the order of the keys, as many as memory holds: a million and more. To change one costs the same
 * however many there are, and so do a snapshot for readers and the digest.
 *
 * A property of a machine's state, at its top level, put there by `initial` or `migrate`. Reducers write into it beside
 * the draft, and what they wrote is undone with the rest when the command is rejected. Anywhere else it is for reading.
 *
 * ```ts
 * const box = defineMachine({
 *   name: 'box',
 *   version: 1,
 *   initial: () => ({ seats: new Table<{ holder: string }>(), sold: 0 }),
 *   reducers: {
 *     sell(state, input: { seat: string; holder: string }) {
 *       if (state.seats.has(input.seat)) throw new Rejection('taken')
 *       state.seats.set(input.seat, { holder: input.holder })
 *       state.sold += 1
 *     },
 *   },
 * })
 * const seat = await replica.read((state) => state.seats.get('a1'))
 * ```
 *
 * Keys are strings of at most 1,024 UTF-16 code units, ordered by these: `'B'` before `'a'`, on every machine. Values are
 * what a state may hold. What is set is copied; what is given out is frozen.
 */
export class Table<Value> {
  static {
    keptOf = (table) => new Kept(table.#entries, table.#keeper)
    tableOf = (entries, keeper) => new Table(new Kept(entries, keeper) as never)
  }

  readonly #entries: Entries
  readonly #keeper: TableKeeper

  /**
   * A table of one's own, as `new Map(entries)` makes it.
   *
   * @throws {QuorateError} `BadOption`: a reducer of commands, timers or membership makes it; or a key is none
   */
  constructor(entries: Iterable<readonly [key: string, value: Immutable<Value>]> = []) {
    const { entries: own, keeper } = entries instanceof Kept ? entries : new Kept(new Entries(), freeTable())
    this.#entries = own
    this.#keeper = keeper
    Object.freeze(this)
    if (!(entries instanceof Kept)) for (const [key, value] of entries) this.set(key, value)
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size
  }

  has(key: string): boolean {
    return this.#entries.has(key)
  }

  /** Frozen; `undefined`: there is none. */
  get(key: string): Immutable<Value> | undefined {
    return this.#lent(this.#entries.get(key))
  }

  /**
   * Puts a copy of `value` there.
   *
   * @throws {QuorateError} `BadOption`: no reducer runs, or the key is no string of at most 1,024 code units;
   * `Unserializable`: a state cannot hold the value, and why
   */
  set(key: string, value: Immutable<Value>): this {
    this.#keeper.assertWritable()
    this.#checkKey(key)
    const entry = this.#encoded(key, value)
    this.#keeper.note(this.#entries, key)
    this.#entries.set(entry)
    return this
  }

  /**
   * Changes a value in place, as a draft, or puts what `change` returns in its place.
   *
   * @returns what is there then; `undefined`: there is nothing to change
   * @throws {QuorateError} as `set`
   */
  update(
    key: string,
    // biome-ignore lint/suspicious/noConfusingVoidType: a change in place returns nothing.
    change: (value: Draft<Value>) => Value | Draft<Value> | void,
  ): Immutable<Value> | undefined {
    this.#keeper.assertWritable()
    if (!this.has(key)) return undefined
    const before = this.get(key)
    const after = immer.produce(before, change as (value: unknown) => unknown) as Immutable<Value>
    if (!Object.is(after, before)) this.set(key, after)
    return this.get(key)
  }

  /**
   * Whether there was an entry to delete.
   *
   * @throws {QuorateError} `BadOption`: no reducer runs
   */
  delete(key: string): boolean {
    this.#keeper.assertWritable()
    if (!this.has(key)) return false
    this.#keeper.note(this.#entries, key)
    this.#entries.delete(key)
    return true
  }

  /**
   * Deletes all entries, which costs the same however many there are.
   *
   * @throws {QuorateError} `BadOption`: no reducer runs
   */
  clear(): void {
    this.#keeper.assertWritable()
    if (this.size === 0) return
    this.#keeper.note(this.#entries, null)
    this.#entries.clear()
  }

  /** The entry with the least key. */
  first(): [key: string, value: Immutable<Value>] | undefined {
    return this.#edge(false)
  }

  /** The entry with the greatest key. */
  last(): [key: string, value: Immutable<Value>] | undefined {
    return this.#edge(true)
  }

  /**
   * Goes over entries as they are now: what is written meanwhile does not show.
   *
   * @throws {QuorateError} `BadOption`: a bound is no string, or the limit no count
   */
  range({ from, below, reverse, limit }: TableRange = {}): TableEntries<Value> {
    checkBound('from', from)
    checkBound('below', below)
    checkLimit(limit)
    return this.#pairs(this.#entries.snapshot(), { from, below, reverse }, limit)
  }

  /** As `range`, of the keys that begin with `prefix`. */
  prefix(prefix: string, { reverse, limit }: TablePart = {}): TableEntries<Value> {
    return this.range({ from: prefix, below: behindAll(prefix), reverse, limit })
  }

  [Symbol.iterator](): TableEntries<Value> {
    return this.range()
  }

  /** The entries in order, of which `new Table` makes a table again. */
  toJSON(): [key: string, value: Immutable<Value>][] {
    return [...this]
  }

  *#pairs(entries: Entries, bounds: Bounds, limit = Number.POSITIVE_INFINITY): TableEntries<Value> {
    let left = limit
    if (left > 0)
      for (const pair of entries.pairs(bounds)) {
        yield this.#lentPair(pair)
        if (--left === 0) return
      }
  }

  #edge(isLast: boolean): [string, Immutable<Value>] | undefined {
    const pair = this.#entries.edge(isLast)
    return pair && this.#lentPair(pair)
  }

  #lentPair(pair: Pair): [string, Immutable<Value>] {
    this.#lent(pair[1])
    return pair as [string, Immutable<Value>]
  }

  #lent(value: unknown): Immutable<Value> {
    lendLeaves(value)
    return value as Immutable<Value>
  }

  #encoded(key: string, value: unknown): Uint8Array {
    try {
      return encodeEntry(key, value)
    } catch (cause) {
      const what = `${this.#keeper.path}['${key}']`
      throw new QuorateError('Unserializable', `${what}: ${messageOf(cause)}`, { cause })
    }
  }

  #checkKey(key: unknown): void {
    const { path } = this.#keeper
    if (typeof key !== 'string') refuse(`${path}.set(${messageOf(key)}, …): the key must be a string`)
    if (key.length > keyLengthMax)
      refuse(
        `${path}.set('${key.slice(0, 20)}…', …): the key has ${key.length} UTF-16 code units, and may have ` +
          `${keyLengthMax}: reject such input before`,
      )
  }
}

Object.defineProperty(Table.prototype, refusedAs, {
  value:
    "a Table, whose only place is a property of a machine's state, at its top level: give its entries instead",
})

Object.defineProperty(Table.prototype, inspected, {
  value(this: Table<unknown>, depth: number | null, options: InspectOptions, inspect: Inspect): string {
    return inspectTable(this, depth, options, inspect)
  },
})

/** Its maker may do with it what he likes. */
function freeTable(): TableKeeper {
  if (!mayMakeTable())
    refuse('A reducer makes no Table: make it in initial(version) or migrate(state, from), and fill it here')
  return free
}

const free: TableKeeper = { path: 'table', assertWritable: () => undefined, note: () => undefined }

/** The least string above all that begin with `prefix`; `undefined`: there is none. */
function behindAll(prefix: string): string | undefined {
  checkBound('the prefix', prefix)
  let end = prefix.length
  while (end > 0 && prefix.charCodeAt(end - 1) === 0xffff) end--
  return end === 0
    ? undefined
    : prefix.slice(0, end - 1) + String.fromCharCode(prefix.charCodeAt(end - 1) + 1)
}

function checkBound(name: string, bound: unknown): void {
  if (bound !== undefined && typeof bound !== 'string')
    refuse(`The range of a table: ${name} must be a string, and is ${messageOf(bound)}`)
}

function checkLimit(limit: number | undefined): void {
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0))
    refuse(`The range of a table: limit must be a whole number from 0 on, and is ${messageOf(limit)}`)
}

function refuse(message: string): never {
  throw new QuorateError('BadOption', message)
}

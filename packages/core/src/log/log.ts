// The log in memory: the retained entries, and the chain at each of them. Design: docs/protocol.md, "Words".

import { chainAfter } from './chain.ts'
import { type Chain, type Entry, type EntryBody, emptyChain, type Index, type Versions } from './entry.ts'

/** Where a log begins: nothing up to `index` is retained. */
export interface LogStart {
  readonly index: Index
  readonly chain: Chain
  /** Of the last VIEW entry up to there. */
  readonly versions: Versions
}

/** Before the first VIEW entry. */
export const noVersions: Versions = { protocol: 0, machine: 0 }

export const emptyLogStart: LogStart = { index: 0, chain: emptyChain, versions: noVersions }

/** The places of entries that are forgotten are dropped when there are as many as this: to drop each costs a copy. */
const forgottenMin = 256
/** And this part of all: the copy is as long as what stays. */
const forgottenPart = 1 / 16

/** Holds such a place: the entry itself, which may be large, goes at once. */
const forgottenEntry: Entry = {
  body: { type: 'tick', timeMs: 0 },
  payload: new Uint8Array(0),
  chain: emptyChain,
}

export class Log {
  #start: LogStart
  /** Entries from `#start.index + 1 - #forgotten` on. */
  #entries: Entry[]
  #forgotten = 0
  #bytes: number

  /** @param entries follow `start`, each with its chain */
  constructor(start: LogStart = emptyLogStart, entries: readonly Entry[] = []) {
    this.#start = start
    this.#entries = [...entries]
    this.#bytes = bytesOf(entries)
  }

  /** The index before the first retained entry. */
  get start(): Index {
    return this.#start.index
  }

  get last(): Index {
    return this.#start.index + this.#entries.length - this.#forgotten
  }

  get lastChain(): Chain {
    return this.#entries.length > this.#forgotten
      ? (this.#entries[this.#entries.length - 1] as Entry).chain
      : this.#start.chain
  }

  /** Bytes of the retained payloads. */
  get bytes(): number {
    return this.#bytes
  }

  /** `undefined`: not retained, or beyond the end. */
  chainAt(index: Index): Chain | undefined {
    if (index <= this.start) return index === this.start ? this.#start.chain : undefined
    return this.#entries[this.#position(index)]?.chain
  }

  /** The chains at `from`, `from` + 1, … up to the last index. `from` is the start or behind it. */
  chainsFrom(from: Index): Chain[] {
    const chains = this.slice(from, this.last).map(({ chain }) => chain)
    return [this.chainAt(from) as Chain, ...chains]
  }

  /** A retained entry. */
  entry(index: Index): Entry {
    return this.#entries[this.#position(index)] as Entry
  }

  /** The entries behind `after`, up to `upTo`. */
  slice(after: Index, upTo: Index): Entry[] {
    return this.#entries.slice(this.#position(after) + 1, this.#position(upTo) + 1)
  }

  append(body: EntryBody, payload: Uint8Array): void {
    this.#entries.push({ body, payload, chain: chainAfter(this.lastChain, payload) })
    this.#bytes += payload.length
  }

  /** Cuts what lies behind `index`. */
  truncate(index: Index): void {
    if (index >= this.last) return
    this.#bytes -= bytesOf(this.slice(index, this.last))
    this.#entries.length = this.#position(index) + 1
  }

  /** Drops what lies up to `index`, which must be in the log. */
  forget(index: Index): void {
    if (index <= this.start) return
    const versions = this.versionsAt(index)
    const count = index - this.start
    this.#bytes -= bytesOf(this.slice(this.start, index))
    this.#start = { index, chain: this.chainAt(index) as Chain, versions }
    this.#entries.fill(forgottenEntry, this.#forgotten, this.#forgotten + count)
    this.#forgotten += count
    if (this.#forgotten < Math.max(forgottenMin, forgottenPart * this.#entries.length)) return
    this.#entries = this.#entries.slice(this.#forgotten)
    this.#forgotten = 0
  }

  /** Of the last VIEW entry up to `index`. */
  versionsAt(index: Index): Versions {
    for (let i = index; i > this.start; i--) {
      const { body } = this.entry(i)
      if (body.type === 'view') return body.versions
    }
    return this.#start.versions
  }

  /** Where in `#entries` an index lies. */
  #position(index: Index): number {
    return index - this.#start.index - 1 + this.#forgotten
  }
}

const bytesOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, { payload }) => sum + payload.length, 0)

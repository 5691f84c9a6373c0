// Writes of every kind, the same for the same seed, and what a storage holds after so many of them: by the disk in
// memory, which is the dumb twin.

import { type Entry, MemoryDisk, type Storage, type StorageWrite } from '@quorate/core'
import { emptyChain } from '@quorate/core/encoding'
import type { Position } from './contents.ts'
import { entry, owner, record, wholly, written } from './storage.test-support.ts'

/** Writes without end. The record of write `n`, counted from 1, says so as its `commit`; a part has none. */
export class Workload {
  readonly #random: (below: number) => number
  #count = 0
  #start: Position = { index: 0, chain: emptyChain }
  #entries: Entry[] = []
  /** They follow without another between them: who goes on behind a record has all parts or none. */
  readonly #following: StorageWrite[] = []

  constructor(seed: number) {
    this.#random = randomOf(seed)
  }

  next(): StorageWrite {
    this.#count += 1
    const following = this.#following.shift()
    if (following?.part !== undefined) return following
    const kind = this.#random(40)
    if (following === undefined && kind < 4 && this.#count > 1) return this.#parts()
    return {
      owner,
      record: record(this.#count),
      ...(following === undefined ? this.#change(kind) : this.#snapshot()),
    }
  }

  /** Of a snapshot; some of them are given up. */
  #parts(): StorageWrite {
    const parts: StorageWrite[] = []
    for (let offset = 0, left = 1 + this.#random(5); left > 0; left--) {
      const bytes = new Uint8Array(1 + this.#random(20_000)).fill(this.#count + left)
      parts.push({ part: { offset, bytes } })
      offset += bytes.length
    }
    if (this.#random(3) > 0) parts.push({})
    const [first, ...following] = parts as [StorageWrite, ...StorageWrite[]]
    this.#following.push(...following)
    return first
  }

  #change(kind: number): StorageWrite {
    if (kind === 8) return { setAside: true, ...this.#from({ index: 0, chain: emptyChain }) }
    if (kind < 15) return this.#truncate()
    if (kind < 25) return { ...this.#append(), forget: this.#forget() }
    return this.#append()
  }

  /** Half of them replace the log, too. */
  #snapshot(): StorageWrite {
    const snapshot = this.#at(this.#entries.length)
    if (this.#random(2) === 0) return { snapshot }
    const begin = entry(snapshot.chain, this.#count)
    const position = { index: snapshot.index + 5, chain: begin.chain }
    return { snapshot: position, begin: position, ...this.#from(position) }
  }

  #from(start: Position): StorageWrite {
    this.#start = start
    this.#entries = []
    return this.#append()
  }

  #truncate(): StorageWrite {
    this.#entries.length -= this.#random(this.#entries.length + 1)
    return { truncate: this.#start.index + this.#entries.length, ...this.#append() }
  }

  #append(): StorageWrite {
    const append: Entry[] = []
    for (let i = this.#random(6); i > 0; i--) {
      const { chain } = this.#at(this.#entries.length)
      append.push(entry(chain, this.#count * 10 + i))
      this.#entries.push(append.at(-1) as Entry)
    }
    return { append }
  }

  #forget(): number {
    const count = this.#random(this.#entries.length + 1)
    this.#start = this.#at(count)
    this.#entries.splice(0, count)
    return this.#start.index
  }

  /** Behind the first `count` entries. */
  #at(count: number): Position {
    const chain = this.#entries[count - 1]?.chain ?? this.#start.chain
    return { index: this.#start.index + count, chain }
  }
}

/** The last of the first `count` writes that has a record. */
export function lastNumbered(seed: number, count: number): number {
  const workload = new Workload(seed)
  let last = 0
  for (let n = 1; n <= count; n++) if (workload.next().record !== undefined) last = n
  return last
}

/** What a storage holds, and what was set aside, by the first writes of a workload. */
export class Twin {
  readonly #workload: Workload
  readonly #disk = new MemoryDisk()
  readonly #storage: Storage
  #count = 0

  constructor(seed: number) {
    this.#workload = new Workload(seed)
    this.#storage = this.#disk.open()
  }

  /** After the first `count` writes; never fewer than before. */
  async after(count: number): Promise<unknown> {
    for (; this.#count < count; this.#count++) await written(this.#storage, this.#workload.next())
    return { stored: wholly(await this.#storage.load()), asides: this.#disk.asides.map(wholly) }
  }
}

/** Whole numbers below a bound: a linear congruential generator, for tests only. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

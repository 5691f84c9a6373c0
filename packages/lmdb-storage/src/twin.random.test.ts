// deadline: 600 s
// Random writes of the port, legal ones and now and then one that is not, with restarts in between: the storage and the
// disk in memory hold the same after each restart, and refuse the same. A failure names its seed; QUORATE_SEED=N plays
// that run alone, QUORATE_LMDB_RUNS=1000 so many.

import { type Entry, MemoryDisk, type Storage, type StorageWrite } from '@quorate/core'
import { emptyChain } from '@quorate/core/encoding'
import * as assert from 'uvu/assert'
import type { Position } from './contents.ts'
import { openLmdbStorage } from './open-storage.ts'
import { entry, folderSuite, owner, record, wholly, written } from './storage.test-support.ts'
import { randomOf } from './workload.test-support.ts'

const test = folderSuite('a storage beside the disk in memory')

const seedAlone = process.env['QUORATE_SEED']
const runs = Number(process.env['QUORATE_LMDB_RUNS'] ?? 12)
const lives = 5
const writesOfLife = 30

/** Each part of a write is there or not, by chance: also where a replica would not leave it out. */
class RandomWrites {
  readonly #random: (below: number) => number
  #count = 0
  #start: Position = { index: 0, chain: emptyChain }
  #chains: Entry['chain'][] = []
  #partBytes = 0

  constructor(seed: number) {
    this.#random = randomOf(seed)
  }

  /** Those of one turn. */
  turn(): StorageWrite[] {
    return Array.from({ length: 1 + this.#random(4) }, () => this.#next())
  }

  /** Parts are gone. */
  restart(): void {
    this.#partBytes = 0
  }

  /** One that must be refused. */
  wrong(): StorageWrite {
    const end = this.#start.index + this.#chains.length
    const wrong: StorageWrite[] = [
      { record: record(1), truncate: end + 1 },
      { append: [entry(emptyChain, 1)], forget: end + 2 },
      { part: { offset: this.#partBytes + 1, bytes: new Uint8Array(3) } },
      { begin: { index: 7, chain: emptyChain }, truncate: 6 },
    ]
    if (this.#start.index > 0) wrong.push({ truncate: this.#start.index - 1 })
    if (this.#partBytes === 0) wrong.push({ owner, snapshot: { index: 1, chain: emptyChain } })
    return wrong[this.#random(wrong.length)] as StorageWrite
  }

  #next(): StorageWrite {
    this.#count += 1
    if (this.#chance(4)) return this.#part()
    const setAside = this.#chance(12)
    const begin = this.#chance(8) ? this.#position() : undefined
    if (setAside) this.#begin({ index: 0, chain: emptyChain })
    if (begin !== undefined) this.#begin(begin)
    return {
      ...(setAside && { setAside: true }),
      ...(this.#chance(3) && { owner: { ...owner, nodeid: 1 + this.#random(9) } }),
      ...(this.#chance(2) && { record: record(this.#count) }),
      ...(this.#partBytes > 0 && this.#chance(3) && { snapshot: this.#snapshot() }),
      ...(begin !== undefined && { begin }),
      ...(this.#chance(3) && { truncate: this.#truncate() }),
      ...(this.#chance(2) && { append: this.#append() }),
      ...(this.#chance(4) && { forget: this.#forget() }),
    }
  }

  #chance(of: number): boolean {
    return this.#random(of) === 0
  }

  #part(): StorageWrite {
    if (this.#chance(3)) this.#partBytes = 0
    const bytes = new Uint8Array(1 + this.#random(9000)).fill(this.#count)
    const offset = this.#partBytes
    this.#partBytes += bytes.length
    return { part: { offset, bytes } }
  }

  #snapshot(): Position {
    this.#partBytes = 0
    return this.#position()
  }

  #position(): Position {
    return { index: this.#random(50), chain: this.#random(1000) as Position['chain'] }
  }

  #begin(position: Position): void {
    this.#start = position
    this.#chains = []
  }

  #truncate(): number {
    this.#chains.length = this.#random(this.#chains.length + 1)
    return this.#start.index + this.#chains.length
  }

  #append(): Entry[] {
    const append: Entry[] = []
    for (let left = this.#random(12); left > 0; left--) {
      append.push(entry(this.#chains.at(-1) ?? this.#start.chain, this.#random(2 ** 31)))
      this.#chains.push((append.at(-1) as Entry).chain)
    }
    return append
  }

  /** Also what has gone already. */
  #forget(): number {
    const count = this.#random(this.#chains.length + 1)
    if (this.#chance(5)) return this.#random(this.#start.index + 1)
    const chain = this.#chains[count - 1] ?? this.#start.chain
    this.#start = { index: this.#start.index + count, chain }
    this.#chains.splice(0, count)
    return this.#start.index
  }
}

const saidBy = async (storage: Storage, writes: readonly StorageWrite[]): Promise<string[]> => {
  const outcomes = await Promise.allSettled(writes.map((write) => written(storage, write)))
  return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'done' : 'failed'))
}

async function play(seed: number, path: string): Promise<void> {
  const writes = new RandomWrites(seed)
  const chance = randomOf(seed + 1)
  const disk = new MemoryDisk()
  for (let life = 0; life < lives; life++) {
    const [storage, twin] = [await openLmdbStorage({ path }), disk.open()]
    const where = `seed ${seed}, life ${life}`
    assert.equal(wholly(await storage.load()), wholly(await twin.load()), where)
    assert.equal((await storage.asides()).map(wholly), disk.asides.map(wholly), where)
    for (let count = 0; count < writesOfLife; count++) {
      const turn = writes.turn()
      assert.equal(await saidBy(storage, turn), await saidBy(twin, turn), where)
    }
    if (chance(2) === 0) {
      const turn = [writes.wrong(), { record: record(99) }]
      assert.equal(await saidBy(storage, turn), ['failed', 'failed'], where)
      assert.equal(await saidBy(twin, turn), ['failed', 'failed'], where)
    }
    await Promise.all([storage.close(), twin.close()])
    writes.restart()
  }
}

test('they hold the same', async ({ folder }) => {
  const seeds = seedAlone === undefined ? Array.from({ length: runs }, (_, run) => run) : [Number(seedAlone)]
  for (const seed of seeds) await play(seed, `${folder.path}-${seed}`)
})

test.run()

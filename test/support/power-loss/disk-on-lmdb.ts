// The lives of one simulated disk on LMDB, and losses of power in them: what is found then, and whether it goes on.

import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { LoopStorage } from '@quorate/core/simulation'
import { type LmdbStorage, openLmdbStorage } from '@quorate/lmdb-storage'
import type { DiskLife } from '@quorate/testkit/simulation'
import { equal, ok } from 'uvu/assert'
import { type Held, heldByLmdb, heldInLife } from './held.ts'
import { lostContent, type Way, ways, writeContent } from './lost-file.ts'
import { ownedStorage, written } from './owned-storage.ts'
import type { Call } from './recorded-calls.ts'
import { batchesOf, type SimulatedDisk, withoutLostParts } from './simulated-disks.ts'
import type { WriterOrder } from './writer.ts'

/** The two first pages: one of them leads to all others, and is written when those are on disk. */
const leadingBytes = 2 * 4096

const dataIn = (path: string): string => join(path, 'storage/data.mdb')

const emptyPath = (folder: string): string => join(folder, 'empty')
const lostPath = (folder: string): string => join(folder, 'lost')

/** A folder for the disks of a test: with an empty storage, and a place in which what a loss leaves is opened. */
export async function prepareFolder(folder: string): Promise<void> {
  for (const path of [emptyPath(folder), lostPath(folder)]) await (await openLmdbStorage({ path })).close()
}

export class DiskOnLmdb {
  readonly #disk: SimulatedDisk
  readonly #folder: string
  readonly #directory: string
  #place = -1
  /** The file with which the next life begins; `null`: it begins empty. */
  #content: Buffer | null = null
  #calls: readonly Call[] = []
  /** Before the first write of this life, after it, after the second … */
  #held: readonly Held[] = []

  constructor(disk: SimulatedDisk, folder: string, directory: string) {
    this.#disk = disk
    this.#folder = folder
    this.#directory = directory
  }

  /** The next life: its writes, and a directory for them; `undefined`: there is none. */
  begin(): WriterOrder | undefined {
    this.#place += 1
    if (this.#disk.lives[this.#place] === undefined) return undefined
    const path = join(this.#folder, `${this.#directory}-${this.#place}`)
    cpSync(emptyPath(this.#folder), path, { recursive: true })
    if (this.#content === null) this.#content = readFileSync(dataIn(path))
    else writeContent(dataIn(path), this.#content)
    return { path, owner: this.#disk.owner, batches: batchesOf(this.#life) }
  }

  /** What was recorded while the life was written: all of it. */
  async recorded(calls: readonly Call[]): Promise<void> {
    const last = calls.findLast(({ call }) => call === 'said')
    equal(last, { call: 'said', what: `${this.#life.writes.length}` })
    this.#calls = calls
    this.#held = await heldInLife(this.#disk, this.#place)
  }

  /** Anywhere among the calls; all that was said to be done before is there, and it goes on. */
  async losePower(number: number): Promise<void> {
    const at = scattered(number) % (this.#calls.length + 1)
    const said = this.#calls.slice(0, at).findLast(({ call }) => call === 'said')
    const done = said?.call === 'said' ? Number(said.what) : 0
    await this.#reopen(this.#contentAt(at, number), done, this.#life.writes.length)
  }

  /** Where the simulated process has ended: what its disk had is there, and the next life begins with it. */
  async end(number: number): Promise<void> {
    const { kept, isLost } = this.#life
    const next = this.#disk.lives[this.#place + 1]
    const { first, last } = this.#placesWith(kept)
    const content = this.#contentAt(first + (scattered(number) % (last - first + 1)), number)
    this.#content = isLost ? null : content
    if (isLost || next === undefined) return
    const found = await this.#reopen(content, kept, kept)
    ok(
      isDeepStrictEqual(inShort(found), inShort(next.stored)),
      `${this.#what}: the simulated disk had something else`,
    )
  }

  get #life(): DiskLife {
    return this.#disk.lives[this.#place] as DiskLife
  }

  get #what(): string {
    return `${this.#disk.name}, process ${this.#place + 1}`
  }

  #contentAt(place: number, number: number): Buffer {
    const way = ways[number % ways.length] as Way
    return lostContent(this.#content as Buffer, this.#calls.slice(0, place), way)
  }

  /** Among the calls: so many writes were said to be done, and nothing leads to more. */
  #placesWith(count: number): { readonly first: number; readonly last: number } {
    const first = this.#calls.findIndex((call) => call.call === 'said' && call.what === `${count}`) + 1
    const leading = this.#calls.findIndex(
      (call, place) => place >= first && call.call === 'write' && call.write.at < leadingBytes,
    )
    return { first, last: leading === -1 ? this.#calls.length : leading }
  }

  /** What a replica finds there: `least` to `most` writes, all that was before this life included; and it goes on. */
  async #reopen(content: Buffer, least: number, most: number): Promise<LoopStorage['stored']> {
    const path = lostPath(this.#folder)
    writeContent(dataIn(path), content)
    try {
      return await this.#opened(path, least, most)
    } catch (error) {
      const what = `${this.#what}, when ${least} to ${most} writes were to be there`
      throw new Error(`${what}: ${(error as Error).message}`, { cause: error })
    }
  }

  async #opened(path: string, least: number, most: number): Promise<LoopStorage['stored']> {
    const opened = await openLmdbStorage({ path })
    try {
      const found = await heldByLmdb(opened)
      const count = this.#held.findIndex(
        (held, place) => place >= least && place <= most && isDeepStrictEqual(held, found),
      )
      ok(count !== -1, 'something else is there')
      return await this.#goOn(opened, count)
    } finally {
      await opened.close()
    }
  }

  async #goOn(opened: LmdbStorage, count: number): Promise<LoopStorage['stored']> {
    const storage = await ownedStorage(opened, this.#disk.owner)
    const writes = withoutLostParts(this.#life.writes.slice(count))
    await Promise.all(writes.map((write) => written(storage, write)))
    const held = this.#held[count + writes.length]
    ok(isDeepStrictEqual(await heldByLmdb(opened), held), `it does not go on after ${count} writes`)
    return storage.stored
  }
}

/** Of a snapshot that was read, what remains. */
function inShort(stored: LoopStorage['stored']): unknown {
  if (stored === null) return null
  const { record, start, entries, snapshot } = stored
  return { record, start, entries, snapshot: snapshot && { index: snapshot.index, bytes: snapshot.bytes } }
}

/** Far from those of its neighbours. */
const scattered = (number: number): number => Math.imul(number + 1, 0x9e3779b1) >>> 0

// The contract that every storage passes: what ports/storage.ts guarantees, as cases for any test framework.

import assert from 'node:assert/strict'
import { type Chain, type Entry, emptyChain } from '../log/entry.ts'
import type { Position } from '../wire/messages.ts'
import type { Storage, StorageWrite, Stored, StoredSnapshot } from './storage.ts'
import { emptyRecord, entriesBehind, numberedRecord, sampleOwner } from './storage-contract-samples.ts'
import type { ContractCase } from './transport-contract-subject.ts'

/** A disk on which one storage after the other is opened. */
export interface ContractDisk {
  open(): Promise<Storage>
  /** The process dies, or the power goes; the storage that is open is not used any more. */
  crash(): Promise<void>
  /** What was set aside, oldest first, as `Storage.load` would have given it. No storage is open. */
  asides(): Promise<readonly Stored[]>
  /** From now on writes of the open storage cannot succeed. Left out: the cases that need it are left out. */
  readonly fail?: () => Promise<void>
  /** Frees everything. */
  close(): Promise<void>
}

export interface StorageContractSubject {
  readonly abilities: readonly 'fail'[]
  /** An empty disk. */
  disk(): Promise<ContractDisk>
}

type Scene = readonly [name: string, play: (disk: ContractDisk) => Promise<void>]

/**
 * The cases for `subject`; each has a disk of its own.
 *
 * @example
 * for (const { name, run } of storageContract(subject)) test(name, run)
 */
export function storageContract(subject: StorageContractSubject): ContractCase[] {
  const scenes = [...contents, ...crashes, ...(subject.abilities.includes('fail') ? failures : [])]
  return scenes.map(([name, play]) => ({
    name,
    run: async () => {
      const disk = await subject.disk()
      try {
        await play(disk)
      } finally {
        await disk.close()
      }
    },
  }))
}

const start = { index: 0, chain: emptyChain }

const setAside = { setAside: true, owner: sampleOwner } as const

/** Ends when the write has ended. */
function written(storage: Storage, write: StorageWrite): Promise<void> {
  return new Promise((resolve, reject) => {
    storage.write(write, (error) => (error === undefined ? resolve() : reject(error)))
  })
}

/** Writes in turn, and closes. */
async function writeAll(disk: ContractDisk, ...writes: StorageWrite[]): Promise<void> {
  const storage = await disk.open()
  await Promise.all(
    [{ owner: sampleOwner, record: emptyRecord }, ...writes].map((write) => written(storage, write)),
  )
  await storage.close()
}

/** What a disk holds, its snapshot as a whole. */
interface Content extends Omit<Stored, 'snapshot'> {
  readonly snapshot: (Position & { readonly bytes: readonly number[] }) | null
}

async function contentOf({ snapshot, ...stored }: Stored): Promise<Content> {
  return { ...stored, snapshot: snapshot && (await whole(snapshot)) }
}

async function whole({ index, chain, pieces }: StoredSnapshot): Promise<NonNullable<Content['snapshot']>> {
  const bytes: number[] = []
  for await (const piece of pieces) bytes.push(...piece)
  return { index, chain, bytes }
}

async function stored(disk: ContractDisk): Promise<Content | null> {
  const storage = await disk.open()
  const loaded = await storage.load()
  const content = loaded && (await contentOf(loaded))
  await storage.close()
  return content
}

async function assertLog(disk: ContractDisk, from: Position, entries: readonly Entry[]): Promise<void> {
  const content = await stored(disk)
  assert.deepEqual(content?.start, from)
  assert.deepEqual(content?.entries, entries)
}

const positionAt = (index: number): Position => ({ index, chain: (index * 1000) as Chain })

/** The parts of the snapshot at `index`. */
const partsOf = (index: number): StorageWrite[] => [
  { part: { offset: 0, bytes: Uint8Array.of(1, 2) } },
  { part: { offset: 2, bytes: Uint8Array.of(index) } },
]

/** The snapshot at `index`, once its parts were written. */
const snapshotAt = (index: number): Content['snapshot'] => ({ ...positionAt(index), bytes: [1, 2, index] })

const contents: readonly Scene[] = [
  ['before the first record there is nothing', async (disk) => assert.equal(await stored(disk), null)],
  [
    'the owner comes back as it was written, and stays',
    async (disk) => {
      await writeAll(disk, { record: numberedRecord(1) })
      assert.deepEqual((await stored(disk))?.owner, sampleOwner)
    },
  ],
  [
    'a record comes back as it was written, the last one of several',
    async (disk) => {
      await writeAll(disk, { record: numberedRecord(1) }, { record: numberedRecord(2) })
      assert.deepEqual((await stored(disk))?.record, numberedRecord(2))
    },
  ],
  [
    'entries are appended, behind what is left of the log',
    async (disk) => {
      const [first, , ...old] = entriesBehind(start, 4)
      const second = entriesBehind({ index: 1, chain: (first as Entry).chain }, 2, 7)
      await writeAll(disk, { append: entriesBehind(start, 4) }, { truncate: 1, append: second })
      assert.equal(old.length, 2)
      await assertLog(disk, start, [first as Entry, ...second])
    },
  ],
  [
    'a snapshot is kept beside the log and replaces an older one',
    async (disk) => {
      const entries = entriesBehind(start, 3)
      const snapshots = [1, 2].flatMap((index) => [...partsOf(index), { snapshot: positionAt(index) }])
      await writeAll(disk, { append: entries }, ...snapshots)
      await assertLog(disk, start, entries)
      assert.deepEqual((await stored(disk))?.snapshot, snapshotAt(2))
    },
  ],
  [
    'parts that never became the snapshot change nothing, and another one begins in their place',
    async (disk) => {
      await writeAll(disk, ...partsOf(1), { snapshot: positionAt(1) }, ...partsOf(7))
      assert.deepEqual((await stored(disk))?.snapshot, snapshotAt(1))
      await writeAll(disk, ...partsOf(7), ...partsOf(2), { snapshot: positionAt(2) })
      assert.deepEqual((await stored(disk))?.snapshot, snapshotAt(2))
    },
  ],
  [
    'a snapshot of many parts comes back whole',
    async (disk) => {
      const parts = Array.from({ length: 40 }, (_, place) => ({
        part: { offset: place * 1000, bytes: new Uint8Array(1000).fill(place) },
      }))
      await writeAll(disk, ...parts, { snapshot: positionAt(1) })
      const bytes = parts.flatMap(({ part }) => [...part.bytes])
      assert.deepEqual((await stored(disk))?.snapshot, { ...positionAt(1), bytes })
    },
  ],
  [
    'a log that begins anew holds nothing of the one before',
    async (disk) => {
      const position = positionAt(9)
      const entries = entriesBehind(position, 2)
      const begin = { begin: position, snapshot: position, append: entries }
      await writeAll(disk, { append: entriesBehind(start, 3) }, ...partsOf(9), begin)
      await assertLog(disk, position, entries)
    },
  ],
  [
    'what is set aside is kept as it was, and the storage holds what was written since',
    async (disk) => {
      const entries = entriesBehind(start, 3)
      const anew = entriesBehind(start, 2, 7)
      const before = { record: numberedRecord(1), snapshot: positionAt(1), append: entries }
      const after = { ...setAside, record: numberedRecord(2), append: anew }
      await writeAll(disk, ...partsOf(1), before, ...partsOf(2), after, { snapshot: positionAt(2) })
      assert.deepEqual(await stored(disk), {
        ...{ owner: sampleOwner, record: numberedRecord(2), snapshot: snapshotAt(2), start, entries: anew },
      })
      assert.deepEqual(await Promise.all((await disk.asides()).map(contentOf)), [
        { owner: sampleOwner, record: numberedRecord(1), snapshot: snapshotAt(1), start, entries },
      ])
    },
  ],
  [
    'to set aside twice keeps both; nothing is kept of an empty storage',
    async (disk) => {
      const storage = await disk.open()
      for (const number of [1, 2, 3]) await written(storage, { ...setAside, record: numberedRecord(number) })
      await storage.close()
      const asides = await disk.asides()
      assert.deepEqual(
        asides.map(({ record }) => record),
        [numberedRecord(1), numberedRecord(2)],
      )
    },
  ],
  [
    'what may go leaves a log that follows it, or nothing has gone',
    async (disk) => {
      const entries = entriesBehind(start, 4)
      await writeAll(disk, { append: entries }, ...partsOf(3), { snapshot: positionAt(3), forget: 2 })
      const content = (await stored(disk)) as Content
      assert.ok(content.start.index <= 2)
      assert.deepEqual(content.entries, entries.slice(content.start.index))
      const { chain } = entries[content.start.index - 1] ?? start
      assert.equal(content.start.chain, chain)
    },
  ],
]

const crashes: readonly Scene[] = [
  [
    'parts that have not become the snapshot are gone after a restart: what goes on with them fails',
    async (disk) => {
      const [first, second] = partsOf(1) as [StorageWrite, StorageWrite]
      await writeAll(disk, first)
      const storage = await disk.open()
      await assert.rejects(written(storage, second), /part/)
      await disk.crash()
    },
  ],
  [
    'what was done is there after a crash',
    async (disk) => {
      const storage = await disk.open()
      const entries = entriesBehind(start, 5)
      await written(storage, { owner: sampleOwner, record: numberedRecord(1), append: entries })
      await disk.crash()
      assert.deepEqual((await stored(disk))?.record, numberedRecord(1))
      await assertLog(disk, start, entries)
    },
  ],
  [
    'at a crash, writes are there as a whole, and none without those before it',
    async (disk) => {
      const storage = await disk.open()
      const entries = entriesBehind(start, 40)
      const done: number[] = []
      for (const [place, entry] of entries.entries()) {
        const write = { owner: sampleOwner, record: numberedRecord(place + 1), append: [entry] }
        storage.write(write, () => done.push(place + 1))
        if (place === 20) await new Promise((resolve) => setTimeout(resolve, 5))
      }
      await disk.crash()
      const doneThen = done.length
      const content = await stored(disk)
      const count = content?.entries.length ?? 0
      assert.deepEqual(content?.entries ?? [], entries.slice(0, count))
      if (content !== null) assert.deepEqual(content.record, numberedRecord(count))
      assert.ok(count >= doneThen, `${doneThen} writes were done, and ${count} are there`)
    },
  ],
  [
    'writes end in their order, on a later turn',
    async (disk) => {
      const storage = await disk.open()
      const done: number[] = []
      for (const number of [1, 2, 3])
        storage.write({ record: numberedRecord(number) }, () => done.push(number))
      assert.deepEqual(done, [])
      await written(storage, { record: numberedRecord(4) })
      assert.deepEqual(done, [1, 2, 3])
      await storage.close()
    },
  ],
  [
    'close waits for the writes that are under way',
    async (disk) => {
      const storage = await disk.open()
      let done = false
      storage.write({ record: numberedRecord(1) }, () => {
        done = true
      })
      await storage.close()
      assert.equal(done, true)
    },
  ],
]

const failures: readonly Scene[] = [
  [
    'a write that fails says so, and so does every later one',
    async (disk) => {
      const storage = await disk.open()
      await written(storage, { owner: sampleOwner, record: numberedRecord(1) })
      await disk.fail?.()
      await assert.rejects(written(storage, { record: numberedRecord(2) }))
      await assert.rejects(written(storage, { record: numberedRecord(3) }))
      await disk.crash()
      assert.deepEqual((await stored(disk))?.record, numberedRecord(1))
    },
  ],
]

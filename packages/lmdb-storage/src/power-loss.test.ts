// The power goes at any moment of any transaction: what was done is there, and what was not done is there as a whole or
// not at all.
//
// LMDB writes a transaction's pages, syncs, and then writes, synced, one of the two first pages, which leads to them
// (system-calls.test.ts sees it do so). So what a machine may find when it is up again, between two states of the
// file, is the older with any of the newer's pages, in any part, or the newer. Each is built here, opened and read.
// QUORATE_LMDB_LOSSES=2000 loses power so often.

import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openLmdbStorage } from './open-storage.ts'
import { record, type TestFolder, testFolder, wholly, written } from './storage.test-support.ts'
import { Twin, Workload } from './workload.test-support.ts'

const losses = Number(process.env['QUORATE_LMDB_LOSSES'] ?? 90)
const pageBytes = 4096
const sectorBytes = 512
/** Between one write and the next. */
const lossesOfWrite = 3
const seed = 77

/** The file after each write, and the last numbered write that it has. */
interface State {
  readonly image: Buffer
  readonly commit: number
}

/** After each of the first `count` writes. */
async function* states(path: string, count: number): AsyncGenerator<State> {
  const storage = await openLmdbStorage({ path })
  const workload = new Workload(seed)
  let commit = 0
  for (let i = 0; i < count; i++) {
    const write = workload.next()
    await written(storage, write)
    commit = write.record?.commit ?? commit
    yield { image: readFileSync(join(path, 'storage/data.mdb')), commit }
  }
  await storage.close()
}

/** Sectors of pages that differ, those of the two first pages aside. */
function changedSectors(before: Buffer, after: Buffer): number[] {
  const sectors: number[] = []
  for (let at = 2 * pageBytes; at < after.length; at += sectorBytes)
    if (!after.subarray(at, at + sectorBytes).equals(before.subarray(at, at + sectorBytes))) sectors.push(at)
  return sectors
}

/** `before`, with what `isWritten` of the sectors that differ. */
function torn(before: Buffer, after: Buffer, isWritten: (sector: number, place: number) => boolean): Buffer {
  const image = Buffer.alloc(Math.max(before.length, after.length))
  before.copy(image)
  for (const [place, at] of changedSectors(before, after).entries())
    if (isWritten(at, place)) after.copy(image, at, at, at + sectorBytes)
  return image
}

/** Ways to lose power, by which sectors were written: pages are whole in some, and torn in others. */
const ways: readonly ((sector: number, place: number) => boolean)[] = [
  () => false,
  () => true,
  (_, place) => place % 2 === 0,
  (sector) => Math.floor(sector / pageBytes) % 2 === 0,
  (sector) => Math.floor(sector / pageBytes) % 3 !== 0,
  (_, place) => place < 5,
  (_, place) => place >= 5,
  (sector) => (sector / sectorBytes) % 8 < 7,
  (sector, place) => Math.imul(sector + 1, place + 7) % 5 < 2,
]

async function contentOf(path: string): Promise<{ commit: number; content: unknown }> {
  const storage = await openLmdbStorage({ path })
  try {
    const stored = await storage.load()
    const content = { stored: wholly(stored), asides: (await storage.asides()).map(wholly) }
    // It goes on from there.
    if (stored !== null) await written(storage, { record: record(stored.record.commit) })
    return { commit: stored?.record.commit ?? 0, content }
  } finally {
    await storage.close()
  }
}

function put(path: string, image: Buffer): void {
  // What follows are zeros.
  const length = image.length - (image.length % pageBytes)
  let end = length
  while (end > 0 && image.subarray(end - pageBytes, end).every((byte) => byte === 0)) end -= pageBytes
  const file = openSync(join(path, 'storage/data.mdb'), 'w')
  writeSync(file, image, 0, end)
  ftruncateSync(file, length)
  closeSync(file)
}

interface Context {
  /** Where the writes go, and where what they leave at a loss is opened. */
  folder: TestFolder
  lost: TestFolder
}

const test = suite<Context>('a loss of power')

test.before.each(async (context) => {
  context.folder = testFolder()
  context.lost = testFolder()
  await (await openLmdbStorage({ path: context.lost.path })).close()
})
test.after.each(({ folder, lost }) => {
  folder.remove()
  lost.remove()
})

async function assertContent(path: string, image: Buffer, expected: unknown, what: string): Promise<void> {
  put(path, image)
  assert.ok(isDeepStrictEqual(await contentOf(path), expected), what)
}

test('between two writes: the first is there', async ({ folder, lost }) => {
  const twin = new Twin(seed)
  let before: State | undefined
  let loss = 0
  for await (const after of states(folder.path, Math.ceil(losses / lossesOfWrite))) {
    const expected = before && (await twinAt(twin, before.commit))
    for (let i = 0; before !== undefined && i < lossesOfWrite; i++, loss++) {
      const way = loss % ways.length
      const image = torn(before.image, after.image, ways[way] as (typeof ways)[0])
      before.image.copy(image, 0, 0, 2 * pageBytes)
      await assertContent(lost.path, image, expected, `after write ${before.commit}, way ${way}`)
    }
    before = after
  }
})

test('with the page that leads to them: the second is there', async ({ folder, lost }) => {
  const twin = new Twin(seed)
  for await (const { image, commit } of states(folder.path, 20))
    await assertContent(lost.path, image, await twinAt(twin, commit), `after write ${commit}`)
})

/** With the number of the record. */
async function twinAt(twin: Twin, commit: number): Promise<unknown> {
  return { commit, content: await twin.after(commit) }
}

test.run()

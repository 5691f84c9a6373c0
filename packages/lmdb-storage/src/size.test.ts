// The file's size has a bound where what is kept has one: what is dropped is used again.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry } from '@quorate/core'
import { emptyChain } from '@quorate/core/encoding'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { LmdbStorage } from './lmdb-storage.ts'
import { openLmdbStorage } from './open-storage.ts'
import {
  contentOf,
  entries,
  entry,
  owner,
  record,
  type TestFolder,
  testFolder,
  written,
} from './storage.test-support.ts'

interface Context {
  folder: TestFolder
  storage: LmdbStorage
}

const test = suite<Context>('the size of the file')

test.before.each(async (context) => {
  context.folder = testFolder()
  context.storage = await openLmdbStorage({ path: context.folder.path })
  await written(context.storage, { owner, record: record(0) })
})
test.after.each(({ folder }) => folder.remove())

const mebibytes = ({ path }: TestFolder): number => statSync(join(path, 'storage/data.mdb')).size / 2 ** 20

test('at constant load: entries that are forgotten, and snapshots that are replaced', async ({
  folder,
  storage,
}) => {
  let last: Entry | undefined
  for (let index = 1; index <= 4000; index++) {
    last = entry(last?.chain ?? emptyChain, index)
    await written(storage, {
      record: record(index),
      append: [last],
      ...(index > 300 && { forget: index - 300 }),
    })
    if (index % 200 !== 0) continue
    for (let offset = 0; offset < 2 ** 20; offset += 2 ** 17)
      await written(storage, { part: { offset, bytes: new Uint8Array(2 ** 17).fill(index) } })
    await written(storage, { snapshot: { index, chain: last.chain } })
  }
  // 20 MiB of snapshots were written, of which 1 MiB is kept, and another while it comes.
  assert.ok(mebibytes(folder) <= 8, `${mebibytes(folder)} MiB`)
  await storage.close()
  assert.is(((await contentOf(folder.path)) as { entries: unknown[] }).entries.length, 300)
})

test('logs that are replaced: each of them at once, its keys bit by bit', async ({ folder, storage }) => {
  const count = 10_000
  const log = entries(count)
  const small = entries(1)
  let size = 0
  for (let round = 0; round < 8; round++) {
    await written(storage, { begin: { index: 0, chain: emptyChain }, append: log })
    await written(storage, { begin: { index: 0, chain: emptyChain }, append: small })
    for (let i = 0; i < 15; i++) await written(storage, { record: record(round * 100 + i) })
    if (round === 2) size = mebibytes(folder)
  }
  assert.is(mebibytes(folder), size, 'grown since the third round')
  await storage.close()
  assert.equal(((await contentOf(folder.path)) as { entries: unknown[] }).entries, small)
})

test('to truncate and append again and again', async ({ folder, storage }) => {
  const log = entries(100)
  for (let round = 0; round < 500; round++)
    await written(storage, { truncate: 0, append: log, record: record(round) })
  assert.is(mebibytes(folder), 4)
  await storage.close()
})

test('a burst that fits into the bound does not fail', async ({ folder }) => {
  const storage = await openLmdbStorage({ path: `${folder.path}-bounded`, fileBytesMax: 16 * 2 ** 20 })
  const parts = Array.from({ length: 7 * 16 }, (_, place) =>
    written(storage, { part: { offset: place * 2 ** 16, bytes: new Uint8Array(2 ** 16) } }),
  )
  await Promise.all(parts)
  await storage.close()
})

test.run()

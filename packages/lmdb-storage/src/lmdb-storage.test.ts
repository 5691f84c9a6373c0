import { once } from 'node:events'
import * as assert from 'uvu/assert'
import { openLmdbStorage } from './open-storage.ts'
import { contentOf, entries, folderSuite, owner, record, written } from './storage.test-support.ts'

const test = folderSuite('a storage on LMDB')

const outcomesOf = async (writes: readonly Promise<void>[]): Promise<string[]> =>
  (await Promise.allSettled(writes)).map((outcome) =>
    outcome.status === 'fulfilled' ? 'done' : (outcome.reason as Error).message,
  )

test('a write that leaves a gap fails, and those after it; those before it are done', async ({
  folder: { path },
}) => {
  const storage = await openLmdbStorage({ path })
  const log = entries(3)
  const writes = [
    { owner, record: record(1), append: log },
    { record: record(2), truncate: 2 },
    { record: record(3), truncate: 3 },
    { record: record(4) },
  ]
  const outcomes = await outcomesOf(writes.map((write) => written(storage, write)))
  assert.equal(outcomes.slice(0, 2), ['done', 'done'])
  for (const said of outcomes.slice(2))
    assert.match(said, /truncate: 3 lies outside of the log, which has 0 to 2/)
  await storage.close()
  assert.equal(await contentOf(path), {
    owner,
    record: record(2),
    snapshot: null,
    start: { index: 0, chain: 0 },
    entries: log.slice(0, 2),
  })
})

test('parts that never became the snapshot are gone after a restart', async ({ folder: { path } }) => {
  const first = await openLmdbStorage({ path })
  await written(first, { part: { offset: 0, bytes: new Uint8Array(10) } })
  await first.close()
  const second = await openLmdbStorage({ path })
  const outcomes = await outcomesOf([written(second, { part: { offset: 10, bytes: new Uint8Array(10) } })])
  assert.match(outcomes[0] as string, /part: it lies at 10, and those before it have 0 bytes/)
  await second.close()
})

test('entries of thousands in one write', async ({ folder: { path } }) => {
  const storage = await openLmdbStorage({ path })
  const log = entries(5000)
  await written(storage, { owner, record: record(1), append: log, forget: 4000 })
  await storage.close()
  assert.equal(((await contentOf(path)) as { entries: unknown }).entries, log.slice(4000))
})

test('who throws when a write is done keeps nobody else from being told, nor the storage from closing', async ({
  folder: { path },
}) => {
  const storage = await openLmdbStorage({ path })
  const thrown = once(process, 'uncaughtException')
  storage.write({ owner, record: record(1) }, () => {
    throw new Error('a bug')
  })
  await written(storage, { record: record(2) })
  assert.match(String(await thrown), /a bug/)
  await written(storage, { record: record(3) })
  await storage.close()
  assert.is(((await contentOf(path)) as { record: { commit: number } }).record.commit, 3)
})

test('a closed storage takes no writes, and can be closed twice', async ({ folder: { path } }) => {
  const storage = await openLmdbStorage({ path })
  await Promise.all([storage.close(), storage.close()])
  assert.throws(() => storage.write({}, () => {}), /closed/)
})

test.run()

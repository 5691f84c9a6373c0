// Reading a storage changes nothing in it, makes none, and keeps others from it meanwhile.

import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { QuorateError, type QuorateErrorCode } from '@quorate/core'
import * as assert from 'uvu/assert'
import { openLmdbStorage } from './open-storage.ts'
import { readLmdbStorage } from './read-storage.ts'
import {
  contentOf,
  entries,
  folderSuite,
  holdDirectory,
  owner,
  record,
  wholly,
  written,
} from './storage.test-support.ts'

const test = folderSuite('reading a storage')

/** Two lives: what the first had is set aside. */
async function writeTwoLives(path: string): Promise<void> {
  const storage = await openLmdbStorage({ path })
  await written(storage, { owner, record: record(1), append: entries(3) })
  await written(storage, { setAside: true, owner, record: record(2) })
  await written(storage, { part: { offset: 0, bytes: Uint8Array.of(1, 2, 3) } })
  const append = entries(5, 100)
  const { chain } = append[3] as (typeof append)[0]
  await written(storage, { append, record: record(5) })
  await written(storage, { record: record(5), snapshot: { index: 4, chain }, forget: 2 })
  await storage.close()
}

/** Of what may not change: names, sizes, contents, and when they were written. */
function imageOf(path: string): unknown {
  const files = readdirSync(join(path, 'storage')).filter((name) => name !== 'lock.mdb')
  return files.map((name) => {
    const file = join(path, 'storage', name)
    const { mtimeMs, size } = statSync(file)
    return [name, size, mtimeMs, readFileSync(file)]
  })
}

async function refused(path: string, code: QuorateErrorCode, ...words: RegExp[]): Promise<void> {
  const error = await readLmdbStorage(path).catch((thrown: unknown) => thrown)
  assert.instance(error, QuorateError, 'It must not open.')
  assert.is((error as QuorateError).code, code)
  for (const each of words) assert.match((error as QuorateError).message, each)
}

test('gives what the storage gives, and what was set aside, and changes nothing', async ({
  folder: { path },
}) => {
  await writeTwoLives(path)
  const before = imageOf(path)
  const reader = await readLmdbStorage(path)
  const [read, aside, more] = [wholly(await reader.load()), ...(await reader.asides()).map(wholly)]
  assert.is(reader.fileBytes, statSync(join(path, 'storage/data.mdb')).size)
  await reader.close()
  assert.equal(imageOf(path), before)
  assert.equal(read, await contentOf(path))
  assert.equal([(aside as { entries: unknown }).entries, more], [entries(3), undefined])
})

test('where there is no storage, none is made', async ({ folder: { path } }) => {
  await refused(path, 'BadOption', /is not there; give the directory/)
  assert.not(existsSync(path))
  mkdirSync(path)
  await refused(path, 'BadOption', /holds none/)
  assert.equal(readdirSync(path), [])
  writeFileSync(join(path, 'file'), '')
  await refused(join(path, 'file'), 'BadOption', /is no directory/)
})

test('damage, and another format, are found as when it is opened', async ({ folder: { path } }) => {
  await writeTwoLives(path)
  const format = join(path, 'storage/format.json')
  const text = readFileSync(format, 'utf8')
  writeFileSync(format, text.replace(/"format":\d+/, '"format":7'))
  await refused(path, 'VersionTooNew', /format 7/)
  writeFileSync(format, text)
  const data = join(path, 'storage/data.mdb')
  const bytes = readFileSync(data)
  bytes.fill(0xff, 0, 4096)
  writeFileSync(data, bytes)
  await refused(path, 'Malformed', /is damaged/)
  rmSync(data)
  await refused(path, 'Malformed', /data.mdb is missing/)
})

test('a replica that has it is named, with what to do', async ({ folder: { path } }) => {
  const child = await holdDirectory(path)
  const exit = once(child, 'exit')
  try {
    await refused(path, 'BadOption', new RegExp(`is in use by process ${child.pid}; stop that one replica`))
  } finally {
    child.kill('SIGKILL')
    await exit
  }
  await (await readLmdbStorage(path)).close()
})

test('while it is read, no replica opens it', async ({ folder: { path } }) => {
  await writeTwoLives(path)
  const reader = await readLmdbStorage(path)
  const error = await openLmdbStorage({ path }).catch((thrown: unknown) => thrown)
  assert.match(String(error), /is open in this process already/)
  await reader.close()
  await (await openLmdbStorage({ path })).close()
})

const program = fileURLToPath(new URL('read-only-disk.test-support.ts', import.meta.url))

test('on a file system that is mounted read-only', async ({ folder }) => {
  if (spawnSync('unshare', ['--mount', 'true']).status !== 0) return
  const words = ['--mount', process.execPath, ...process.execArgv, program, join(folder.path, '..')]
  const { before, after } = JSON.parse(execFileSync('unshare', words, { encoding: 'utf8' }))
  assert.is(before, after)
  assert.match(after, 'machine')
})

test.run()

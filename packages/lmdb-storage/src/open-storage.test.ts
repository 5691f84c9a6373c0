// deadline: 600 s
// What cannot be opened says what it is and what to do, and stays as it was.

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { QuorateError, type QuorateErrorCode } from '@quorate/core'
import * as assert from 'uvu/assert'
import { openLmdbStorage } from './open-storage.ts'
import type { LmdbStorageOptions } from './options.ts'
import {
  contentOf,
  entries,
  folderSuite,
  holdDirectory,
  holder,
  owner,
  record,
  written,
} from './storage.test-support.ts'

const test = folderSuite('opening a storage')

async function writeSome(path: string): Promise<void> {
  const storage = await openLmdbStorage({ path })
  await written(storage, { owner, record: record(1), append: entries(3) })
  await storage.close()
}

/** Names, modes and contents; not of the lock, which is nobody's data. */
function digest(path: string): string {
  const hash = createHash('sha256')
  for (const file of readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()) {
    const whole = join(path, file)
    if (file.startsWith('lock') || file.endsWith('lock.mdb')) continue
    const { mode, size } = statSync(whole)
    hash.update(`${relative(path, whole)} ${mode} ${statSync(whole).isFile() ? size : ''}\n`)
    if (statSync(whole).isFile()) hash.update(readFileSync(whole))
  }
  return hash.digest('hex')
}

async function failure(
  options: LmdbStorageOptions,
  code: QuorateErrorCode,
  ...words: RegExp[]
): Promise<void> {
  const storage = openLmdbStorage(options)
  const error = await storage.catch((thrown: unknown) => thrown)
  assert.instance(error, QuorateError, 'It must not open.')
  assert.is((error as QuorateError).code, code)
  for (const each of words) assert.match((error as QuorateError).message, each)
}

/** `path` cannot be opened, and nothing in it is another than before. */
async function refused(path: string, code: QuorateErrorCode, ...words: RegExp[]): Promise<void> {
  const before = digest(path)
  await failure({ path }, code, ...words)
  assert.is(digest(path), before)
}

for (const [what, options, words] of [
  ['no options', undefined, /takes options/],
  ['no path', {}, /path must be the absolute path/],
  ['a relative path', { path: 'replica' }, /absolute.*'replica'/],
  [
    'an option that there is not',
    { path: '/x', sync: false },
    /no option sync; there are: path, fileBytesMax/,
  ],
  [
    'too small a file',
    { path: '/x', fileBytesMax: 10 },
    /fileBytesMax must be .* at least 16777216, and is 10/,
  ],
] as const) {
  test(`${what} is refused`, () => failure(options as unknown as LmdbStorageOptions, 'BadOption', words))
}

test('a new directory, and all that is in it, is for its owner alone', async ({ folder: { path } }) => {
  await writeSome(path)
  for (const name of ['', ...readdirSync(path, { recursive: true, encoding: 'utf8' })])
    assert.is(statSync(join(path, name)).mode & 0o077, 0, name)
})

test('an empty directory is used', async ({ folder: { path } }) => {
  mkdirSync(path)
  await writeSome(path)
  assert.ok(await contentOf(path))
})

test('a directory whose name looks like that of a file is one', async ({ folder: { path } }) => {
  await writeSome(`${path}.d`)
  assert.ok(await contentOf(`${path}.d`))
})

test('a creation that was cut off is begun anew', async ({ folder: { path } }) => {
  await writeSome(path)
  for (const left of ['format.json', 'data.mdb']) {
    rmSync(join(path, 'storage.unfinished'), { recursive: true, force: true })
    cpSync(join(path, 'storage'), join(path, 'storage.unfinished'), { recursive: true })
    rmSync(join(path, 'storage'), { recursive: true })
    rmSync(join(path, 'storage.unfinished', left))
    assert.is(await contentOf(path), null)
  }
})

test('a file is no directory', async ({ folder: { path } }) => {
  writeFileSync(path, 'mine')
  await failure({ path }, 'BadOption', new RegExp(`${path} is no directory`))
  assert.is(readFileSync(path, 'utf8'), 'mine')
})

test('what is not ours is not touched', async ({ folder: { path } }) => {
  mkdirSync(path)
  writeFileSync(join(path, 'data.mdb'), 'of another program')
  await refused(
    path,
    'BadOption',
    /holds 'data.mdb', which is no part of a storage/,
    /give a directory that is empty/,
  )
  assert.equal(readdirSync(path), ['data.mdb'])
})

test('a path below a file cannot be made', async ({ folder: { path } }) => {
  writeFileSync(path, 'mine')
  await failure({ path: join(path, 'below') }, 'BadOption', /cannot be made \(ENOTDIR/)
})

test('a newer format is for a newer program', async ({ folder: { path } }) => {
  await writeSome(path)
  const format = join(path, 'storage/format.json')
  writeFileSync(format, readFileSync(format, 'utf8').replace(/"format":\d+/, '"format":7'))
  await refused(path, 'VersionTooNew', /format 7.*knows up to 1/, /newer @quorate\/lmdb-storage/)
})

for (const text of ['', '{}', '{"what":"something else","format":1}']) {
  test(`a format file of ${text.length} characters that says none is damaged`, async ({
    folder: { path },
  }) => {
    await writeSome(path)
    writeFileSync(join(path, 'storage/format.json'), text)
    await refused(path, 'Malformed', /does not say which format/)
  })
}

test('data that have gone are no empty storage', async ({ folder: { path } }) => {
  await writeSome(path)
  rmSync(join(path, 'storage/data.mdb'))
  await refused(path, 'Malformed', /data.mdb is missing/)
})

test('twice in one process: the second is told, and the first goes on', async ({ folder: { path } }) => {
  const storage = await openLmdbStorage({ path })
  await written(storage, { owner, record: record(1) })
  await refused(path, 'BadOption', /is open in this process already/, /directory of its own/)
  await written(storage, { record: record(2) })
  await storage.close()
  assert.is(((await contentOf(path)) as { record: { commit: number } }).record.commit, 2)
})

test('another process is named, and has it no more when it was killed', async ({ folder: { path } }) => {
  for (const _ of [1, 2]) {
    const child = await holdDirectory(path)
    await refused(path, 'BadOption', new RegExp(`is in use by process ${child.pid}`))
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
    await writeSome(path)
  }
})

test('a lock that a loss of power has left torn is made anew', async ({ folder: { path } }) => {
  await writeSome(path)
  const data = join(path, 'lock/data.mdb')
  const whole = readFileSync(data)
  for (const torn of [Buffer.alloc(0), Buffer.alloc(100), Buffer.alloc(8192), whole.subarray(0, 4096)]) {
    writeFileSync(data, torn)
    // In a process of its own, which it might end.
    const child = await holdDirectory(path)
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
    assert.ok(await contentOf(path))
  }
})

const unshare = ['--pid', '--fork', '--mount-proc', '--kill-child', process.execPath]
const canUnshare = spawnSync('unshare', [...unshare, '-e', '0'], { stdio: 'ignore' }).status === 0

if (!canUnshare) console.log('"A process of the same number" is skipped. It takes root, and namespaces.')
const containerTest = canUnshare ? test : test.skip

containerTest(
  'a process of the same number, in another container, is told, and does not wait',
  async ({ folder: { path } }) => {
    const inContainer = [...unshare, ...process.execArgv, holder, path]
    const first = spawn('unshare', inContainer, { stdio: ['ignore', 'pipe', 'inherit'] })
    // What it has started has closed its output as well then.
    const closed = once(first, 'close')
    await once(first.stdout, 'data')
    const { stderr } = spawnSync('unshare', inContainer, { encoding: 'utf8', timeout: 120_000 })
    first.kill('SIGKILL')
    await closed
    assert.match(stderr, /is open in this process already, or in one of the same number in another container/)
    assert.is(await contentOf(path), null)
  },
)

const isRoot = process.getuid?.() === 0
console.log(
  isRoot ? '"May not write" is skipped. Root may write all.' : '"Of another user" is skipped. It takes root.',
)
const rootTest = isRoot ? test : test.skip
const userTest = isRoot ? test.skip : test

rootTest('what is of another user is not called damaged', async ({ folder: { path } }) => {
  await writeSome(path)
  chmodSync(join(path, '..'), 0o755)
  const own = ['', ...readdirSync(path, { recursive: true, encoding: 'utf8' })]
  for (const [name, words] of [
    ['storage/format.json', /^BadOption: .*may not read.*change the owner/],
    ['storage/lock.mdb', /^StorageFailed: .*EACCES/],
    ['lock/lock.mdb', /^StorageFailed: .*EACCES/],
  ] as const) {
    for (const each of own) chownSync(join(path, each), 65_534, 65_534)
    chownSync(join(path, name), 0, 0)
    const program = fileURLToPath(new URL('other-user.test-support.ts', import.meta.url))
    const { stdout } = spawnSync(process.execPath, [...process.execArgv, program, path], { encoding: 'utf8' })
    assert.match(stdout, words, name)
  }
})

userTest('a directory that this user may not write', async ({ folder: { path } }) => {
  mkdirSync(path)
  chmodSync(path, 0o500)
  await refused(path, 'BadOption', /cannot be read and written by user \d+ \(EACCES/)
})

test.run()

// FileMap passes the contract, and what is its own: how a file changes, and what becomes of one that cannot be read.

import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import type { CmapChanges } from '../config-map.ts'
import { configMapContract } from '../config-map-contract.ts'
import { until } from '../contract/notes.ts'
import type { OpenedMap } from '../contract/subject.ts'
import type { ConfigFileError } from './error.ts'
import { FileMap, type FileMapOptions } from './file-map.ts'

const test = suite('FileMap')
const lookIntervalMs = 10

/** The tests' folder; a test has a file of its own in it. */
const folder = mkdtempSync(join(tmpdir(), 'quorate-file-map-'))
let files = 0
const newPath = (name = 'map.json'): string => {
  const own = join(folder, String(++files))
  mkdirSync(own)
  return join(own, name)
}

/** The contract's: `format` writes all entries. */
async function openContract(
  name: string,
  format: (entries: Map<string, string | number>) => string,
): Promise<OpenedMap> {
  const path = newPath(name)
  const entries = new Map<string, string | number>()
  writeFileSync(path, format(entries))
  const map = await FileMap.open({ path, lookIntervalMs })
  let seen: (() => void) | undefined
  await map.track({ prefix: '' }, () => seen?.())
  return {
    map,
    async put(key, value) {
      const before = entries.get(key)
      if (value === undefined) entries.delete(key)
      else entries.set(key, value)
      const told = new Promise<void>((resolve) => {
        seen = resolve
      })
      writeFileSync(path, format(entries))
      await (before === value ? sleep(5 * lookIntervalMs) : Promise.race([told, sleep(500)]))
    },
    close: () => map.close(),
  }
}

const asJson = (entries: Map<string, string | number>): string => JSON.stringify(Object.fromEntries(entries))

for (const { name, run } of configMapContract({ open: () => openContract('map.json', asJson) }))
  test(name, run)

/** A map of one's own file, and what it told. */
async function open(path: string, options: Partial<FileMapOptions> = {}) {
  const told: CmapChanges[] = []
  const errors: ConfigFileError[] = []
  const failed = (error: ConfigFileError): void => void errors.push(error)
  const map = await FileMap.open({ path, lookIntervalMs, failed, ...options })
  await map.track({ prefix: '' }, (changes) => told.push(changes))
  return { map, told, errors }
}

const keysOf = ({ differences }: CmapChanges): string[] => differences.map(({ key }) => key)

test('all that changed in the file is one set, by name', async () => {
  const path = newPath()
  writeFileSync(path, '{"a":{"one":1,"two":2,"four":4}}')
  const { map, told } = await open(path)
  writeFileSync(path, '{"a":{"two":"2","three":3,"four":4}}')
  await until(() => told.length > 0)
  await map.close()
  equal(
    told.map(({ cause }) => cause),
    ['reload'],
  )
  equal(told.map(keysOf), [['a.one', 'a.three', 'a.two']])
})

test('a file that is replaced, as editors do, and one that was gone meanwhile', async () => {
  const path = newPath()
  writeFileSync(path, '{"key":1}')
  const { map, told, errors } = await open(path)
  writeFileSync(`${path}.new`, '{"key":2}')
  renameSync(`${path}.new`, path)
  await until(() => told.length === 1)
  rmSync(path)
  await until(() => errors.length === 1)
  writeFileSync(path, '{"key":3}')
  await until(() => told.length === 2)
  await map.close()
  equal(
    told.map(({ differences }) => differences[0]?.value?.value),
    [2, 3],
  )
})

test('a symlink on the way that is replaced, as Kubernetes does', async () => {
  const path = newPath('link')
  for (const version of [1, 2]) {
    mkdirSync(`${path}-${version}`)
    writeFileSync(`${path}-${version}/map.json`, `{"key":${version}}`)
  }
  symlinkSync(`${path}-1`, path)
  symlinkSync('link/map.json', join(path, '..', 'map.json'))
  const { map, told } = await open(join(path, '..', 'map.json'))
  symlinkSync(`${path}-2`, `${path}-new`)
  renameSync(`${path}-new`, path)
  await until(() => told.length === 1)
  await map.close()
  is(told[0]?.differences[0]?.value?.value, 2)
})

test('a file that is written in parts is read when it is whole', async () => {
  const path = newPath()
  writeFileSync(path, '{"key":1}')
  const { map, told, errors } = await open(path, { lookIntervalMs: 300 })
  // For longer than the time between two looks, with pauses much shorter than that.
  const whole = `{"key":${' '.repeat(12)}2}`
  for (let length = 1; length <= whole.length; length++) {
    writeFileSync(path, whole.slice(0, length))
    await sleep(20)
  }
  await until(() => told.length === 1)
  await map.close()
  equal(errors, [])
  is(told.length, 1)
})

test('a file that is no longer what it must be: the last good one stays, the error is told once, with its line', async () => {
  const path = newPath()
  writeFileSync(path, '{"key":1}')
  const { map, told, errors } = await open(path)
  writeFileSync(path, '{"key":\n2,}')
  await until(() => errors.length === 1)
  await sleep(10 * lookIntervalMs)
  is(await map.get('key', 'uint32'), 1)
  equal([told.length, errors.length, errors[0]?.line], [0, 1, 2])
  match(errors[0]?.message ?? '', `${path}, line 2: This is no JSON`)
  writeFileSync(path, '{"key":2}')
  await until(() => told.length === 1)
  is(await map.get('key', 'uint32'), 2)
  await map.close()
})

test('a file that is absent at first, or wrong: opening fails', async () => {
  const path = newPath()
  const absent = await FileMap.open({ path }).catch((error) => error)
  equal([absent.name, absent.line], ['ConfigFileError', undefined])
  match(absent.message, `${path}: It cannot be read (ENOENT`)
  writeFileSync(path, '{')
  match((await FileMap.open({ path }).catch((error) => error)).message, 'line 1: This is no JSON')
})

test('a change between the first read and the first look is told', async () => {
  const path = newPath()
  writeFileSync(path, '{"key":1}')
  const { map, told } = await open(path, { lookIntervalMs: 50 })
  writeFileSync(path, '{"key":2}')
  await until(() => told.length === 1)
  await map.close()
  is(told.length, 1)
})

test('a corosync.conf is one by every other name, or when it is said to be', async () => {
  const path = newPath('corosync.conf')
  writeFileSync(path, 'totem {\n  token: 1000\n}\n')
  const { map, told } = await open(path)
  writeFileSync(path, 'totem {\n  token: 2000\n}\n')
  await until(() => told.length === 1)
  is(await map.get('totem.token', 'uint32'), 2000)
  await map.close()
  const other = newPath('settings')
  writeFileSync(other, '{"key":1}')
  const json = await open(other, { format: 'json' })
  is(await json.map.get('key', 'uint32'), 1)
  await json.map.close()
})

test('the tests’ folder is removed', () => {
  rmSync(folder, { recursive: true })
})

test.run()

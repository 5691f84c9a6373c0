// A process of a test, in a mount namespace of its own: says as JSON what it reads in a storage, before and after its file
// system is mounted read-only.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { openLmdbStorage } from './open-storage.ts'
import { readLmdbStorage } from './read-storage.ts'
import { entries, owner, record, written } from './storage.test-support.ts'

const [folder = ''] = process.argv.slice(2)
const mount = (...options: string[]): void => {
  execFileSync('mount', [...options, folder], { stdio: ['ignore', 'ignore', 'inherit'] })
}

mount('-t', 'tmpfs', '-o', 'size=24m', 'none')
const path = join(folder, 'replica')
const storage = await openLmdbStorage({ path })
await written(storage, { owner, record: record(3), append: entries(3) })
await storage.close()
const before = await read()
mount('-o', 'remount,ro')
process.stdout.write(JSON.stringify({ before, after: await read() }))

async function read(): Promise<string> {
  await using reader = await readLmdbStorage(path)
  return JSON.stringify(await reader.load())
}

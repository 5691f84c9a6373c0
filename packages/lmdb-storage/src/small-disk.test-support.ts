// A process of a test, in a mount namespace of its own: on file systems that are small, or become read-only, it fills a
// storage, and says as JSON what came of it.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry, Storage } from '@quorate/core'
import { emptyChain } from '@quorate/core/encoding'
import { openLmdbStorage } from './open-storage.ts'
import { entry, owner, record, written } from './storage.test-support.ts'

export interface Outcome {
  /** Writes that were done before one failed. */
  readonly done: number
  /** What the first said that failed, and what those said that came after. */
  readonly errors: readonly string[]
  /** When there was room again: the last commit that was stored, how many entries, and whether it could be written. */
  readonly commit: number
  readonly entries: number
  readonly isWritten: boolean
  /** What opening said where there was no room at all, and where nothing may be written. */
  readonly noRoom: string
  readonly readOnly: string
}

const [folder, kind] = process.argv.slice(2) as [string, 'tmpfs' | 'ext4']
const run = (program: string, ...args: string[]): void => {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

const at = join(folder, 'small')
mkdirSync(at)
if (kind === 'tmpfs') run('mount', '-t', 'tmpfs', '-o', 'size=24m', 'none', at)
else {
  const image = join(folder, 'image')
  writeFileSync(image, Buffer.alloc(24 * 2 ** 20))
  run('mkfs.ext4', '-q', '-F', '-m', '0', image)
  run('mount', '-o', 'loop', image, at)
}

const path = join(at, 'replica')
// What makes room later.
writeFileSync(join(at, 'ballast'), Buffer.alloc(4 * 2 ** 20))
const storage = await openLmdbStorage({ path })
const filled = await fill(storage)
await storage.close()
const noRoom = await saidAtOpening(join(at, 'another'))
run('rm', join(at, 'ballast'))
const again = await openLmdbStorage({ path })
const stored = await again.load()
const isWritten = await written(again, { record: record(1_000_000) }).then(
  () => true,
  () => false,
)
await again.close()
run('mount', '-o', 'remount,ro', at)
const readOnly = await saidAtOpening(path)
const outcome: Outcome = {
  ...filled,
  commit: stored?.record.commit ?? -1,
  entries: stored?.entries.length ?? -1,
  ...{ isWritten, noRoom, readOnly },
}
process.stdout.write(JSON.stringify(outcome))

async function fill(filled: Storage): Promise<Pick<Outcome, 'done' | 'errors'>> {
  await written(filled, { owner, record: record(0) })
  const errors: string[] = []
  let last: Entry | undefined
  let done = 0
  while (errors.length === 0) {
    const [append, commit] = [entry(last?.chain ?? emptyChain, done), done + 1]
    const part = { offset: done * 100_000, bytes: new Uint8Array(100_000).fill(done) }
    // Three at a time: of those that fail together each hears of it.
    const writes = [{ part }, { record: record(commit), append: [append] }, {}]
    const outcomes = await Promise.allSettled(writes.map((write) => written(filled, write)))
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') errors.push((outcome.reason as Error).message)
    if (errors.length === 0) done = commit
    last = append
  }
  for (const _ of [1, 2]) await written(filled, {}).catch((error: Error) => errors.push(error.message))
  return { done, errors }
}

async function saidAtOpening(directory: string): Promise<string> {
  try {
    await (await openLmdbStorage({ path: directory })).close()
    return 'opened'
  } catch (error) {
    return (error as Error).message
  }
}

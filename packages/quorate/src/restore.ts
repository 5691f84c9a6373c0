// From a backup to a storage with which a new group begins. The backup was checked as a whole before this is called; what
// goes wrong then leaves nothing.

import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { QuorateError, type Storage, type StorageWrite, type Stored } from '@quorate/core'
import { type NewHistory, type NewHistoryOptions, newHistory } from '@quorate/core/tools'
import { openLmdbStorage } from '@quorate/lmdb-storage'
import type { LongWork } from './backup/write-backup.ts'

/**
 * @param path of the directory, absolute: empty, or not there
 * @throws {QuorateError} `BadOption`: an option, or something is in the directory; as `openLmdbStorage`
 * @throws the signal's reason
 */
export async function restore(
  stored: Stored,
  path: string,
  options: NewHistoryOptions,
  work: LongWork = {},
): Promise<NewHistory> {
  const history = newHistory(stored, options)
  const before = contentOf(path)
  if (before !== null && before.length > 0) refuse(`${path} is not empty`)
  try {
    const storage = await openLmdbStorage({ path })
    await writeAll(storage, stored, history, work).finally(() => storage.close())
    return history
  } catch (error) {
    if (!isOfOthers(error)) clear(path, before)
    throw error
  }
}

/** `null`: it is not there. */
function contentOf(path: string): string[] | null {
  if (!existsSync(path)) return null
  return statSync(path).isDirectory() ? readdirSync(path) : refuse(`${path} is no directory`)
}

/** Another process took the directory meanwhile, and what is in it is that one's. */
const isOfOthers = (error: unknown): boolean => error instanceof QuorateError && error.code === 'BadOption'

function clear(path: string, before: readonly string[] | null): void {
  if (!existsSync(path)) return
  if (before === null) rmSync(path, { recursive: true })
  else for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true })
}

/** Nothing of it counts before its last write. */
async function writeAll(
  storage: Storage,
  stored: Stored,
  history: NewHistory,
  { progress, signal }: LongWork,
): Promise<void> {
  const { snapshot, start, entries } = stored
  let offset = 0
  for await (const bytes of snapshot?.pieces ?? []) {
    signal?.throwIfAborted()
    await written(storage, { part: { offset, bytes } })
    offset += bytes.length
    progress?.(offset)
  }
  const at = snapshot && { index: snapshot.index, chain: snapshot.chain }
  signal?.throwIfAborted()
  await written(storage, { ...history, ...(at && { snapshot: at }), begin: start, append: entries })
  signal?.throwIfAborted()
}

function written(storage: Storage, write: StorageWrite): Promise<void> {
  return new Promise((resolve, reject) => {
    storage.write(write, (error) => (error === undefined ? resolve() : reject(error)))
  })
}

function refuse(found: string): never {
  throw new QuorateError('BadOption', `${found}, and nothing is written over it: choose another directory`)
}

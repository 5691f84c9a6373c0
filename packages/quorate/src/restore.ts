// From a backup to a storage with which a new group begins. The backup was checked as a whole before this is called; what
// goes wrong then leaves nothing. Until it is whole it lies in a folder of its own in the directory: so no replica begins
// with less, whenever this is killed, and what another process makes there meanwhile is neither changed nor removed.

import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { QuorateError, type Storage, type StorageWrite, type Stored } from '@quorate/core'
import { type NewHistory, type NewHistoryOptions, newHistory } from '@quorate/core/tools'
import { openLmdbStorage } from '@quorate/lmdb-storage'
import { syncFolder } from './backup/unfinished-file.ts'
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
  const unfinished = join(path, `unfinished-restore-${randomUUID()}`)
  try {
    const storage = await openLmdbStorage({ path: unfinished })
    await writeAll(storage, stored, history, work).finally(() => storage.close())
    await moveUp(unfinished, path)
    return history
  } catch (error) {
    if (existsSync(unfinished)) rmSync(unfinished, { recursive: true })
    if (before === null && contentOf(path)?.length === 0) rmdirSync(path)
    throw error
  }
}

/** `null`: it is not there. */
function contentOf(path: string): string[] | null {
  if (!existsSync(path)) return null
  return statSync(path).isDirectory() ? readdirSync(path) : refuse(`${path} is no directory`)
}

/** In one order: who opens a storage there takes the lock first. */
async function moveUp(unfinished: string, path: string): Promise<void> {
  for (const name of readdirSync(unfinished).sort()) move(join(unfinished, name), join(path, name), path)
  await syncFolder(path)
  rmdirSync(unfinished)
  await syncFolder(path)
}

function move(from: string, to: string, path: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
    refuse(`${path} is not empty`)
  }
}

/** Nothing of it counts before it is moved up. */
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
  await written(storage, { ...history, ...(at && { snapshot: at }), begin: start })
  for (const append of batches(entries)) {
    signal?.throwIfAborted()
    await written(storage, { append })
    for (const { payload } of append) offset += payload.length
    progress?.(offset)
  }
  signal?.throwIfAborted()
}

/** Written in one transaction, whose pages are held in memory. */
const batchBytes = 4 * 2 ** 20

function* batches(entries: Stored['entries']): Generator<Stored['entries']> {
  let batch: Stored['entries'][number][] = []
  let bytes = 0
  for (const entry of entries) {
    batch.push(entry)
    bytes += entry.payload.length
    if (bytes < batchBytes) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}

function written(storage: Storage, write: StorageWrite): Promise<void> {
  return new Promise((resolve, reject) => {
    storage.write(write, (error) => (error === undefined ? resolve() : reject(error)))
  })
}

function refuse(found: string): never {
  throw new QuorateError('BadOption', `${found}, and nothing is written over it: choose another directory`)
}

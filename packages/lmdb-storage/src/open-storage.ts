// From options to a storage: each step is taken when those before it have found nothing wrong, and those that look come
// before those that write.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DataFile } from './data-file.ts'
import { checkDirectory, ensureStorage, names } from './directory.ts'
import { lockDirectory } from './directory-lock.ts'
import { damaged, openFailed, unusable } from './errors.ts'
import { dataName } from './lmdb.ts'
import { LmdbStorage } from './lmdb-storage.ts'
import { completeOptions, type LmdbStorageOptions } from './options.ts'
import { checkPages } from './page-check/check-pages.ts'
import { Damage } from './page-check/damage.ts'

/**
 * Opens the storage in a directory, for one replica; makes it where there is none. `openReplica` closes it.
 *
 * ```ts
 * const storage = await openLmdbStorage({ path: '/var/lib/service/replica' })
 * const replica = await openReplica({ machine, group: 'service', transport: cpgTransport(), storage })
 * ```
 *
 * @throws {QuorateError} `BadOption`: an option, or the directory, cannot be used, or somebody else has it;
 * `VersionTooNew`: it has a newer format; `Malformed`: it is damaged; `StorageFailed`: it cannot be made or read
 */
export async function openLmdbStorage(options: LmdbStorageOptions): Promise<LmdbStorage> {
  const { path, fileBytesMax } = completeOptions(options)
  checkDirectory(path)
  try {
    return await openLocked(path, fileBytesMax)
  } catch (error) {
    throw openFailed(path, error as Error)
  }
}

async function openLocked(path: string, fileBytesMax: number): Promise<LmdbStorage> {
  const lock = await lockDirectory(join(path, names.lock), (found) =>
    unusable(path, found, 'give each replica a directory of its own, or end the other first'),
  )
  let file: DataFile | undefined
  try {
    await ensureStorage(path)
    file = await openData(path, fileBytesMax)
    return new LmdbStorage(path, file, lock)
  } catch (error) {
    await file?.close()
    await lock.release()
    throw error
  }
}

async function openData(path: string, fileBytesMax: number): Promise<DataFile> {
  await checkData(path)
  return DataFile.open(path, join(path, names.storage), fileBytesMax)
}

/**
 * That LMDB may map its file.
 *
 * @throws {QuorateError} `Malformed`
 */
export async function checkData(path: string): Promise<void> {
  const file = join(path, names.storage, dataName)
  if (!existsSync(file)) throw damaged(path, `${file} is missing`)
  try {
    await checkPages(file)
  } catch (error) {
    if (error instanceof Damage) throw damaged(path, error.message)
    throw error
  }
}

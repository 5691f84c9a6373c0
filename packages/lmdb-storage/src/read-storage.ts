// A storage that is only looked at: where there is none, none is made, and nothing in it changes, but for `lock`, by which
// nobody else opens it meanwhile.

import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Stored } from '@quorate/core'
import { decodeJson, type Head, type Root } from './contents.ts'
import { DataReader } from './data-reader.ts'
import { names } from './directory.ts'
import { type DirectoryLock, lockDirectory } from './directory-lock.ts'
import { openFailed, unreadable } from './errors.ts'
import { checkFormat, formatName } from './format.ts'
import { headKey, rootKey } from './keys.ts'
import { dataName } from './lmdb.ts'
import { Loading } from './loading.ts'
import { checkData } from './open-storage.ts'

/**
 * Opens the storage in a directory for reading, while no replica has it: none can open it until it is closed. On a file
 * system that is mounted read-only there is no lock: see to it that no replica has it.
 *
 * ```ts
 * await using reader = await readLmdbStorage('/var/lib/service/replica')
 * const stored = await reader.load()
 * ```
 *
 * @param path of the directory
 * @throws {QuorateError} `BadOption`: there is no storage, or somebody else has it; `VersionTooNew`: it has a newer
 * format; `Malformed`: it is damaged; `StorageFailed`: it cannot be read
 */
export async function readLmdbStorage(path: string): Promise<LmdbReader> {
  checkThere(path)
  try {
    return await openLocked(path)
  } catch (error) {
    throw openFailed(path, error as Error)
  }
}

/** See {@link readLmdbStorage}. */
export class LmdbReader implements AsyncDisposable {
  /** Of the file with all that is there. */
  readonly fileBytes: number
  readonly #file: DataReader
  readonly #lock: DirectoryLock
  readonly #loading: Loading
  readonly #root: Root

  /** Programs call `readLmdbStorage`. */
  constructor(path: string, file: DataReader, lock: DirectoryLock) {
    this.fileBytes = statSync(join(path, names.storage, dataName)).size
    this.#file = file
    this.#lock = lock
    this.#loading = new Loading(path, file)
    this.#root = decodeJson<Root>(file.read(rootKey))
  }

  /** As `Storage.load`; pieces of the snapshot are read until it is closed. */
  load(): Promise<Stored | null> {
    return this.#load(this.#root.current)
  }

  /** As `LmdbStorage.asides`. */
  async asides(): Promise<readonly Stored[]> {
    return (await Promise.all(this.#root.asides.map((holding) => this.#load(holding)))) as Stored[]
  }

  async close(): Promise<void> {
    await this.#file.close()
    await this.#lock.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #load(holding: number): Promise<Stored | null> {
    return this.#loading.load(holding, decodeJson<Head>(this.#file.read(headKey(holding))))
  }
}

function checkThere(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  const todo = 'give the directory that openLmdbStorage was given'
  if (found === undefined) throw unreadable(path, 'is not there', todo)
  if (!found.isDirectory()) throw unreadable(path, 'is no directory', todo)
  const storage = join(path, names.storage)
  if (!existsSync(storage)) throw unreadable(path, 'holds none', todo)
  checkFormat(path, join(storage, formatName))
}

async function openLocked(path: string): Promise<LmdbReader> {
  const lock = isMountedReadOnly(path) ? noLock : await lockToRead(path)
  let file: DataReader | undefined
  try {
    await checkData(path)
    file = DataReader.openToRead(path, join(path, names.storage))
    return new LmdbReader(path, file, lock)
  } catch (error) {
    await file?.close()
    await lock.release()
    throw error
  }
}

/** Nobody can take one there. */
const noLock: DirectoryLock = { release: async () => {} }

const lockToRead = (path: string): Promise<DirectoryLock> =>
  lockDirectory(join(path, names.lock), (found) =>
    unreadable(
      path,
      found,
      'stop that one replica, the others go on; or let the service write a backup by itself (backUp of package quorate)',
    ),
  )

function isMountedReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EROFS') return true
    throw unreadable(
      path,
      `cannot be locked by user ${process.getuid?.()} (${message})`,
      'read it as its owner',
    )
  }
}

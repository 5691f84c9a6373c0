// LMDB's file: what is read is checked, what is written is on disk when `commit` ends, as a whole or not at all.

import { accessSync, constants, existsSync, writeFileSync } from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { damaged } from './errors.ts'
import type { Operations } from './plan.ts'
import { unseal } from './sealed.ts'
import { pageBytes, Space } from './space.ts'

/** In a directory of LMDB. */
export const dataName = 'data.mdb'

/** Memory addresses, not memory: LMDB maps the file, and maps it anew, twice as large, when it has outgrown this. */
const mapBytes = 2 ** 30

/** Of all that is opened here: one process, one thread, one tree. */
const ofAll = {
  keyEncoding: 'binary',
  encoding: 'binary',
  maxDbs: 1,
  maxReaders: 8,
  permissionsMode: 0o600,
  // A transaction writes its pages, syncs them, and then writes the page that leads to them, O_DSYNC; then it has ended.
  // With overlapping sync, which is lmdb's default, it can be read before it is synced, and a sync that fails is told
  // to nobody.
  overlappingSync: false,
  // Otherwise lmdb makes a transaction of each turn, with a promise that nobody has: where it is rejected, the process
  // ends.
  eventTurnBatching: false,
} as const

/**
 * @param folder in which LMDB's files are, or come to be
 * @throws {Error} of LMDB, or of the file system
 */
export function openLmdb(folder: string): RootDatabase<Buffer, Buffer> {
  takeRoomForReaders(join(folder, 'lock.mdb'))
  // A folder whose name has a dot in it would be taken for a file.
  return open<Buffer, Buffer>({
    ...ofAll,
    path: folder,
    noSubdir: false,
    pageSize: pageBytes,
    mapSize: mapBytes,
  })
}

/**
 * LMDB makes this file with a hole in it, and maps it: on a full disk the first touch would end the process (SIGBUS).
 * Where it cannot open the file, that ends the process as well (SIGSEGV).
 */
function takeRoomForReaders(file: string): void {
  if (!existsSync(file)) writeFileSync(file, Buffer.alloc(pageBytes), { mode: 0o600, flush: true })
  accessSync(file, constants.R_OK | constants.W_OK)
}

export class DataFile {
  readonly #path: string
  readonly #lmdb: RootDatabase<Buffer, Buffer>
  readonly #space: Space
  readonly #closeFile: () => Promise<void>

  private constructor(
    path: string,
    lmdb: RootDatabase<Buffer, Buffer>,
    space: Space,
    closeFile: () => Promise<void>,
  ) {
    this.#path = path
    this.#lmdb = lmdb
    this.#space = space
    this.#closeFile = closeFile
  }

  /**
   * @param path of the storage, for errors
   * @param folder in which LMDB's files are, or come to be
   */
  static async open(path: string, folder: string, fileBytesMax: number): Promise<DataFile> {
    const lmdb = openLmdb(folder)
    const file = await openFile(join(folder, dataName), 'r+')
    const { size } = await file.stat()
    const space = new Space(file, size, fileBytesMax, () => lastPageOf(lmdb))
    return new DataFile(path, lmdb, space, () => file.close())
  }

  /**
   * The bytes that were put under `key`; `undefined`: none were.
   *
   * @throws {QuorateError} `Malformed`: they are others
   */
  find(key: Buffer): Uint8Array | undefined {
    const value = this.#lmdb.getBinary(key)
    if (value === undefined) return undefined
    const bytes = unseal(key, value)
    if (bytes === undefined)
      throw damaged(this.#path, `the value of key ${key.toString('hex')} has another checksum`)
    return bytes
  }

  /** The same of a key that must be there. */
  read(key: Buffer): Uint8Array {
    const bytes = this.find(key)
    if (bytes === undefined) throw damaged(this.#path, `key ${key.toString('hex')} is missing`)
    return bytes
  }

  /** One at a time. After an error nothing more is to be committed. */
  async commit(operations: Operations): Promise<void> {
    await this.#space.reserve(operations)
    try {
      await this.#lmdb.batch(() => {
        for (const { key, value } of operations.puts) void this.#lmdb.put(key, value)
        for (const key of operations.removes) void this.#lmdb.remove(key)
      })
    } catch (error) {
      throw await causeOf(error as CommitError)
    }
  }

  async close(): Promise<void> {
    await this.#lmdb.close()
    await this.#closeFile()
  }
}

type CommitError = Error & { readonly commitError?: Promise<never> }

/** LMDB says what was wrong by a promise beside its error. */
async function causeOf(error: CommitError): Promise<Error> {
  try {
    await error.commitError
    return error
  } catch (cause) {
    return cause as Error
  }
}

function lastPageOf(lmdb: RootDatabase): number {
  return (lmdb.getStats() as { readonly lastPageNumber: number }).lastPageNumber
}

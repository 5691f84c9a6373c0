// LMDB's file: what is written is on disk when `commit` ends, as a whole or not at all. How it is read: data-reader.ts.

import { open as openFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RootDatabase } from 'lmdb'
import { DataReader } from './data-reader.ts'
import { dataName, openLmdb } from './lmdb.ts'
import type { Operations } from './plan.ts'
import { Space } from './space.ts'

export class DataFile extends DataReader {
  readonly #lmdb: RootDatabase<Buffer, Buffer>
  readonly #space: Space
  readonly #closeFile: () => Promise<void>

  private constructor(
    path: string,
    lmdb: RootDatabase<Buffer, Buffer>,
    space: Space,
    closeFile: () => Promise<void>,
  ) {
    super(path, lmdb)
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

  override async close(): Promise<void> {
    await super.close()
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

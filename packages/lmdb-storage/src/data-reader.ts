// What LMDB's file holds: each value is checked when it is read.

import type { RootDatabase } from 'lmdb'
import { damaged } from './errors.ts'
import { openLmdb } from './lmdb.ts'
import { unseal } from './sealed.ts'

export class DataReader {
  readonly #path: string
  readonly #lmdb: RootDatabase<Buffer, Buffer>

  protected constructor(path: string, lmdb: RootDatabase<Buffer, Buffer>) {
    this.#path = path
    this.#lmdb = lmdb
  }

  /**
   * Nothing can be written by it.
   *
   * @param path of the storage, for errors
   * @param folder in which LMDB's files are
   */
  static openToRead(path: string, folder: string): DataReader {
    return new DataReader(path, openLmdb(folder, { readOnly: true }))
  }

  /**
   * The bytes that were put under `key`; `undefined`: none were. They are there until the next read: to make memory of
   * its own for each value takes longer than all else.
   *
   * @throws {QuorateError} `Malformed`: they are others
   */
  find(key: Buffer): Uint8Array | undefined {
    const value = this.#lmdb.getBinaryFast(key)
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

  close(): Promise<void> {
    return this.#lmdb.close()
  }
}

// Room on the file system, taken before LMDB writes into it. LMDB cannot be left to find a full disk by itself: where
// pwrite fails, version 3.5 of lmdb writes a message into memory that is too short for it, and the process aborts. Here
// a full disk is an error of a write of zeros behind the end of the file, and nothing else has happened. What lies there
// already costs a sync less, too: the file's length stays.

import type { FileHandle } from 'node:fs/promises'
import type { Operations } from './plan.ts'

export const pageBytes = 4096

/** Taken at a time, so that the length changes seldom. */
const stepBytes = 4 * 1024 * 1024

/** Of the tree from its root, of the list of free pages, and what else a transaction may touch. */
const otherPages = 64

/** Of a key in the tree, beside the key and its value, or where that is long the number of its page. */
const nodeBytes = 18

/** Of the pages of a long value, at most. */
const headBytes = 64

/** A page of the list of free pages names at least as many. */
const pagesInListPage = 500

export class Space {
  readonly #file: FileHandle
  readonly #fileBytesMax: number
  /** The number of the last page that LMDB uses. */
  readonly #lastPage: () => number
  #length: number
  /** Pages that LMDB may use by now, at most. */
  #used: number

  constructor(file: FileHandle, length: number, fileBytesMax: number, lastPage: () => number) {
    this.#file = file
    this.#length = length
    this.#fileBytesMax = fileBytesMax
    this.#lastPage = lastPage
    this.#used = lastPage() + 1
  }

  /** Ends when there is room for `operations`, whatever of the free pages LMDB uses. */
  async reserve(operations: Operations): Promise<void> {
    if (this.#fits(operations)) return
    this.#used = this.#lastPage() + 1
    if (this.#fits(operations)) return
    await this.#grow(this.#used * pageBytes)
  }

  #fits(operations: Operations): boolean {
    this.#used += newPages(operations) + copiedPages(operations, this.#used)
    return this.#used * pageBytes <= this.#length
  }

  async #grow(needed: number): Promise<void> {
    const length = Math.ceil(needed / stepBytes) * stepBytes
    if (length > this.#fileBytesMax) throw tooLarge(this.#fileBytesMax)
    const zeros = Buffer.alloc(stepBytes)
    while (this.#length < length) {
      const { bytesWritten } = await this.#file.write(
        zeros,
        0,
        Math.min(stepBytes, length - this.#length),
        this.#length,
      )
      this.#length += bytesWritten
    }
  }
}

/** For what is put, at most: pages of the tree are half full at least, and long values have pages of their own. */
function newPages({ puts }: Operations): number {
  let own = 0
  let nodes = 0
  for (const { key, value } of puts) {
    const isLong = value.length >= pageBytes / 2
    if (isLong) own += Math.ceil((value.length + headBytes) / pageBytes)
    else if (value.length > pageBytes / 4) own += 1
    nodes += key.length + nodeBytes + (isLong ? 0 : value.length)
  }
  return own + Math.ceil((2.5 * nodes) / pageBytes)
}

/** LMDB writes no page in place; each key may lie in another, and more than there are cannot be copied. */
function copiedPages({ puts, removes }: Operations, used: number): number {
  return Math.min(2 * (puts.length + removes.length), used) + Math.ceil(used / pagesInListPage) + otherPages
}

function tooLarge(fileBytesMax: number): Error {
  const error = new Error(`its file would grow beyond fileBytesMax, ${fileBytesMax} bytes`)
  return Object.assign(error, { code: 'FileTooLarge' })
}

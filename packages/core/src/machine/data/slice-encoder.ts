// A value to bytes, a slice at a time, so that a large one delays nothing else. The slices one after the other are what
// `encode` gives. What is still open stands on a stack of its own: a recursion could not stop on the way.

import { type Parts, partsOf } from './parts.ts'
import { Writer } from './writer.ts'

export interface Slice {
  /** Not to be written into. */
  readonly bytes: Uint8Array
  /** Nothing follows; what is taken all the same is empty. */
  readonly isLast: boolean
}

export class SliceEncoder {
  readonly #writer = new Writer()
  /** The outermost value first; each is a part of the one before. */
  readonly #open: Parts[] = []
  /** Written beyond the last slice. A string longer than a slice is written once, and cut from here. */
  #rest: Uint8Array
  #error: unknown = null

  /**
   * @param value as `encode` takes it; nothing in it may change any more
   * @throws {QuorateError} `Unserializable`: it is of a kind that cannot be encoded
   */
  constructor(value: unknown) {
    this.#write(value)
    this.#rest = this.#writer.taken()
    this.#writer.release()
  }

  /**
   * The next `bytes` bytes, or fewer when they are the last. The work is that of as many bytes, and of at most one string
   * or Uint8Array, or the list of one object's keys.
   *
   * @throws {QuorateError} `Unserializable`, as `encode` does, once the walk comes there; from then on each time
   */
  next(bytes: number): Slice {
    if (!Number.isSafeInteger(bytes) || bytes < 1)
      throw new RangeError(`A slice has ${bytes} bytes: ask for a whole number of them, at least 1`)
    if (this.#open.length > 0 && this.#rest.length <= bytes) this.#fill(bytes)
    const slice = this.#rest.subarray(0, bytes)
    this.#rest = this.#rest.subarray(bytes)
    return { bytes: slice, isLast: this.#rest.length === 0 }
  }

  /** Until all is written, or more than `bytes` bytes: then the next slice is not the last, and this is known. */
  #fill(bytes: number): void {
    if (this.#error !== null) throw this.#error
    const writer = this.#writer
    writer.begin()
    writer.raw(this.#rest)
    try {
      while (this.#open.length > 0 && writer.position <= bytes) this.#advance()
      this.#rest = writer.taken()
    } catch (error) {
      this.#error = error
      throw error
    } finally {
      writer.release()
    }
  }

  #advance(): void {
    const { path } = this.#writer
    const parts = this.#open[this.#open.length - 1] as Parts
    if (parts.next()) {
      path.push(parts.step)
      if (this.#write(parts.part)) path.pop()
    } else {
      this.#open.pop()
      path.pop()
    }
  }

  /** Whether that is all of `value`; or else its parts follow, and it stays on the path until they are written. */
  #write(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) {
      this.#writer.primitive(value)
      return true
    }
    this.#writer.checkDepth()
    const parts = partsOf(value, this.#writer)
    if (parts !== null) this.#open.push(parts)
    return parts === null
  }
}

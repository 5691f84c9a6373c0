// A file read from a place on, piece by piece.

import type { FileHandle } from 'node:fs/promises'
import { frameHeadBytes } from './layout.ts'

/** Read at once. */
const windowBytes = 2 ** 20

export interface FrameHead {
  readonly kind: number
  readonly bytes: number
}

/** The file ends before what it says follows. */
export class TooShort extends Error {}

export class FileCursor {
  readonly #handle: FileHandle
  readonly #end: number
  /** Where in the file the window ends. */
  #windowEnd: number
  #window: Buffer = Buffer.alloc(0)

  /** @param end behind which nothing is read */
  constructor(handle: FileHandle, from: number, end: number) {
    this.#handle = handle
    this.#windowEnd = from
    this.#end = end
  }

  get position(): number {
    return this.#windowEnd - this.#window.length
  }

  /** Stays as it is; @throws {TooShort} */
  async take(bytes: number): Promise<Buffer> {
    if (this.position + bytes > this.#end) throw new TooShort()
    if (this.#window.length < bytes) await this.#fill(Math.max(bytes, windowBytes))
    const taken = this.#window.subarray(0, bytes)
    this.#window = this.#window.subarray(bytes)
    return taken
  }

  skip(bytes: number): void {
    const to = this.position + bytes
    if (to > this.#end) throw new TooShort()
    this.#window = this.#window.subarray(bytes)
    if (this.position !== to) this.#windowEnd = to
  }

  async head(): Promise<FrameHead> {
    const head = await this.take(frameHeadBytes)
    return { kind: head.readUInt8(0), bytes: head.readUInt32BE(1) }
  }

  /** What was taken before refers to the window before. */
  async #fill(bytes: number): Promise<void> {
    const { position } = this
    const window = Buffer.allocUnsafe(Math.min(bytes, this.#end - position))
    let at = this.#window.copy(window)
    while (at < window.length) {
      const { bytesRead } = await this.#handle.read(window, at, window.length - at, position + at)
      if (bytesRead === 0) throw new TooShort()
      at += bytesRead
    }
    this.#window = window
    this.#windowEnd = position + window.length
  }
}

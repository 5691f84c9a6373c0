// A value as its bytes, until somebody looks at it. Of a million that a snapshot brings, few are looked at soon, and
// bytes are no work for the garbage collector.

import { freeze } from 'immer'
import { decode } from './decode.ts'

/** What is shorter costs no more as a value. */
export const packedBytesMin = 32

export class Packed {
  /** All bytes that came with it; then, the value. */
  #content: unknown
  readonly #start: number
  /** 0: nobody needs the bytes any more. */
  #end: number

  /** @param bytes in which the bytes of a value lie from `start` up to `end`, as `valueEnd` found them */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#content = bytes
    this.#start = start
    this.#end = end
  }

  /** `null`: the value was looked at, and they are gone. */
  get bytes(): Uint8Array | null {
    return this.#end === 0 ? null : (this.#content as Uint8Array).subarray(this.#start, this.#end)
  }

  /** Frozen, and the same each time. */
  get value(): unknown {
    const { bytes } = this
    if (bytes !== null) {
      this.#content = freeze(decode(bytes), true)
      this.#end = 0
    }
    return this.#content
  }
}

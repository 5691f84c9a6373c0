// What both decoders read with: values without parts, and the heads of those with parts (tags.ts has the format). They
// differ only in how they walk: decode.ts goes through all bytes at once, slice-decoder.ts stops wherever they end.

import { malformed } from './malformed.ts'
import { smallIntegers, tag } from './tags.ts'
import { tokenBytes } from './token.ts'
import { unknownEnd, valueEnd } from './value-end.ts'

/**
 * Strings up to this length are read by hand: cheaper than a call into the buffer. From 13 on V8 would also leave them in
 * pieces, which take many times their memory and are slow to compare.
 */
const shortString = 10

/** Reads one after the other. What it gives refers to no bytes of what it reads. */
export class Reader {
  readonly #bytes: Buffer
  #end: number
  #position = 0
  #copied: Uint8Array | null = null

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#end = bytes.length
  }

  /** Where the next value begins. */
  get position(): number {
    return this.#position
  }

  /** How many bytes are not read yet. */
  get left(): number {
    return this.#end - this.#position
  }

  /** What is read next lies from `start` up to `end`. */
  seek(start: number, end: number): void {
    this.#position = start
    this.#end = end
  }

  /** Whether the next token lies here as a whole, or ends here as a damaged one. */
  hasToken(): boolean {
    return tokenBytes(this.#bytes, this.#position, this.#end) <= this.#end - this.#position
  }

  /**
   * Passes over the next value, and says whether it did: not if it does not lie here as a whole, is damaged, or has fewer
   * than `bytesMin` bytes.
   *
   * @param depth how many values with parts are open
   */
  pass(depth: number, bytesMin: number): boolean {
    const end = valueEnd(this.#bytes, this.#position, this.#end, depth)
    if (end === unknownEnd || end - this.#position < bytesMin) return false
    this.#position = end
    return true
  }

  /**
   * All bytes once more, in memory of their own; the same each time. It is shared memory because V8 does not count that: of
   * other buffers, each 64 MB more make it go through the whole heap.
   */
  get copied(): Uint8Array {
    if (this.#copied === null) {
      this.#copied = new Uint8Array(new SharedArrayBuffer(this.#bytes.length))
      this.#copied.set(this.#bytes)
    }
    return this.#copied
  }

  /** As many bytes as they are, or what is left. They stay those that were given. */
  raw(length: number): Uint8Array {
    const start = this.#take(Math.min(length, this.left))
    return this.#bytes.subarray(start, this.#position)
  }

  /**
   * What the next value begins with: with that it goes on as a leaf, or as the count of its parts.
   *
   * @throws {QuorateError} `Malformed`
   */
  kind(): number {
    return this.#bytes[this.#take(1)] as number
  }

  /**
   * A count or a byte length.
   *
   * @throws {QuorateError} `Malformed`
   */
  length(): number {
    let length = 0
    for (let shift = 0; shift < 32; shift += 7) {
      const byte = this.kind()
      length += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return length
    }
    return malformed('a length is too long')
  }

  /**
   * A value without parts.
   *
   * @param kind what it began with
   * @throws {QuorateError} `Malformed`
   */
  leaf(kind: number): unknown {
    if (kind < smallIntegers) return kind
    switch (kind) {
      case tag.string:
        return this.#string('utf8')
      case tag.int32:
        return this.#bytes.readInt32LE(this.#take(4))
      case tag.float64:
        return this.#bytes.readDoubleLE(this.#take(8))
      default:
        return this.#rare(kind)
    }
  }

  /** @throws {QuorateError} `Malformed`: something is left */
  finish(): void {
    if (this.left > 0) malformed(`${this.left} bytes are left over`)
  }

  #rare(kind: number): unknown {
    switch (kind) {
      case tag.undefined:
        return undefined
      case tag.null:
        return null
      case tag.false:
        return false
      case tag.true:
        return true
      case tag.utf16:
        return this.#string('utf16le')
      case tag.bigint:
        return this.#bigint()
      case tag.bytes:
        return this.#copy()
      default:
        return new Date(this.#bytes.readDoubleLE(this.#take(8)))
    }
  }

  #take(length: number): number {
    const start = this.#position
    if (start + length > this.#end) malformed('they end too early')
    this.#position = start + length
    return start
  }

  #string(encoding: 'utf8' | 'utf16le'): string {
    const length = this.length()
    const start = this.#take(length)
    return (
      (length <= shortString && encoding === 'utf8' ? this.#shortAscii(start) : undefined) ??
      this.#bytes.toString(encoding, start, this.#position)
    )
  }

  #shortAscii(start: number): string | undefined {
    let text = ''
    for (let at = start; at < this.#position; at++) {
      const code = this.#bytes[at] as number
      if (code >= 0x80) return undefined
      text += String.fromCharCode(code)
    }
    return text
  }

  #bigint(): bigint {
    const digits = this.kind() === tag.string ? this.#string('utf8') : ''
    return /^-?\d+$/.test(digits) ? BigInt(digits) : malformed('a bigint has no digits')
  }

  #copy(): Uint8Array {
    const length = this.length()
    const start = this.#take(length)
    return new Uint8Array(this.#bytes.subarray(start, start + length))
  }
}

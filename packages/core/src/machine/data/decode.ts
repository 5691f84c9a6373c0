// Bytes to values (tags.ts has the format). Damaged bytes give an error, never a value of their own making.

import { QuorateError } from '../../errors.ts'
import { depthMax, smallIntegers, tag } from './tags.ts'

/** Strings up to this length are read by hand: cheaper than a call into the buffer. */
const shortString = 24

/** Reads values one after the other. */
export class Reader {
  readonly #bytes: Buffer
  #end: number
  #depth = 0
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#end = bytes.length
  }

  /** What is read next lies from `start` up to `end`. */
  seek(start: number, end: number): void {
    this.#position = start
    this.#end = end
    this.#depth = 0
  }

  /** @throws {QuorateError} `Malformed` */
  value(): unknown {
    const kind = this.#byte()
    if (kind < smallIntegers) return kind
    switch (kind) {
      case tag.string:
        return this.#string('utf8')
      case tag.int32:
        return this.#bytes.readInt32LE(this.#take(4))
      case tag.float64:
        return this.#bytes.readDoubleLE(this.#take(8))
      case tag.object:
        return this.#object({})
      case tag.array:
        return this.#items()
      default:
        return this.#rare(kind)
    }
  }

  /** @throws {QuorateError} `Malformed`: something is left */
  finish(): void {
    if (this.#position !== this.#end) malformed(`${this.#end - this.#position} bytes are left over`)
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
      case tag.date:
        return new Date(this.#bytes.readDoubleLE(this.#take(8)))
      case tag.map:
        return this.#map()
      case tag.set:
        return new Set(this.#items())
      case tag.bare:
        return this.#object(Object.create(null))
      default:
        return malformed(`no value begins with ${kind}`)
    }
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] as number
  }

  /** A count or a byte length. */
  #length(): number {
    let length = 0
    for (let shift = 0; shift < 32; shift += 7) {
      const byte = this.#byte()
      length += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return length
    }
    return malformed('a length is too long')
  }

  #take(length: number): number {
    const start = this.#position
    if (start + length > this.#end) malformed('they end too early')
    this.#position = start + length
    return start
  }

  #string(encoding: 'utf8' | 'utf16le'): string {
    const length = this.#length()
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
    const digits = this.value()
    if (typeof digits !== 'string' || !/^-?\d+$/.test(digits)) return malformed('a bigint has no digits')
    return BigInt(digits)
  }

  #copy(): Uint8Array {
    const length = this.#length()
    const start = this.#take(length)
    return new Uint8Array(this.#bytes.subarray(start, start + length))
  }

  #items(): unknown[] {
    const items: unknown[] = []
    for (let count = this.#enter(1); count > 0; count--) items.push(this.value())
    this.#depth -= 1
    return items
  }

  #map(): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>()
    for (let count = this.#enter(2); count > 0; count--) map.set(this.value(), this.value())
    this.#depth -= 1
    return map
  }

  #object(object: Record<string, unknown>): Record<string, unknown> {
    for (let count = this.#enter(2); count > 0; count--) {
      const key = this.value()
      if (typeof key !== 'string') return malformed('a key is no string')
      // An assignment would set the prototype instead.
      if (key === '__proto__') Object.defineProperty(object, key, { ...ordinary, value: this.value() })
      else object[key] = this.value()
    }
    this.#depth -= 1
    return object
  }

  /** No more items than there are bytes for: a damaged count must not fill the memory. */
  #enter(bytesPerItem: number): number {
    if (++this.#depth > depthMax) malformed('they nest too deeply')
    const count = this.#length()
    if (count * bytesPerItem > this.#end - this.#position) malformed('a count is too high')
    return count
  }
}

const ordinary = { writable: true, enumerable: true, configurable: true }

/**
 * A value equal to the one that `encode` was given.
 *
 * @throws {QuorateError} `Malformed`
 */
export function decode(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = reader.value()
  reader.finish()
  return value
}

function malformed(why: string): never {
  throw new QuorateError('Malformed', `These bytes are not what Quorate encoded: ${why}`)
}

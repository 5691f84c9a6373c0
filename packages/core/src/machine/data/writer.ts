// What both encoders write with: values without parts, and the heads of those with parts (tags.ts has the format). They
// differ only in how they walk: encode.ts goes through a whole value at once, slice-encoder.ts stops on the way.

import { describeInstance, refusal } from './refusal.ts'
import { depthMax, smallIntegers, tag } from './tags.ts'

/** Strings up to this length are written by hand: cheaper than a call into the buffer. */
const shortString = 40

const loneSurrogate = /\p{Surrogate}/u

/** What is written stands in one buffer, which doubles, is used again, and is given up when it is larger than this. */
const keptBytesMax = 1 << 20
const firstBytes = 8192

export class Writer {
  /** The keys that lead to the value at hand. */
  readonly path: unknown[] = []
  #buffer = Buffer.allocUnsafeSlow(firstBytes)
  #position = 0

  /** How many bytes are written. */
  get position(): number {
    return this.#position
  }

  /** Begins anew, behind `room` bytes that are left to the caller. */
  begin(room = 0): void {
    this.#position = room
  }

  /**
   * What is written. Short ones come from Node's pool: memory of its own costs as much as the rest of a small command.
   * Long ones keep the buffer, which `release` gives up.
   */
  taken(): Uint8Array {
    const buffer = this.#buffer
    if (buffer.length > keptBytesMax) return new Uint8Array(buffer.buffer, buffer.byteOffset, this.#position)
    const bytes = Buffer.allocUnsafe(this.#position)
    buffer.copy(bytes, 0, 0, this.#position)
    return new Uint8Array(bytes.buffer, bytes.byteOffset, this.#position)
  }

  /** Must follow `taken`, and what failed. */
  release(): void {
    if (this.#buffer.length > keptBytesMax) this.#buffer = Buffer.allocUnsafeSlow(firstBytes)
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#buffer.set(bytes, this.#position)
    this.#position += bytes.length
  }

  /** What is no object. */
  primitive(value: unknown): void {
    this.#reserve(16)
    if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'string') this.string(value)
    else this.#rare(value)
  }

  string(value: string): void {
    if (value.length > shortString || !this.#shortAscii(value)) this.#longString(value)
  }

  bytes(value: Uint8Array): void {
    this.head(tag.bytes, value.length)
    this.raw(value)
  }

  date(value: Date): void {
    this.#reserve(16)
    this.#byte(tag.date)
    this.#position = this.#buffer.writeDoubleLE(value.getTime(), this.#position)
  }

  /** Of a value with parts, or of bytes. The length: seven bits a byte, the lowest first. */
  head(kind: number, length: number): void {
    this.#reserve(16)
    this.#byte(kind)
    let rest = length
    while (rest >= 0x80) {
      this.#byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.#byte(rest)
  }

  /** The head of a value whose count is its first part. */
  bareHead(kind: number): void {
    this.#reserve(1)
    this.#byte(kind)
  }

  /** Of a plain object; returns its keys. */
  objectHead(value: object): readonly string[] {
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) this.refuse(describeInstance(prototype))
    if (Object.getOwnPropertySymbols(value).length > 0) this.refuse('an object with symbols as keys')
    const keys = Object.keys(value)
    this.head(prototype === null ? tag.bare : tag.object, keys.length)
    return keys
  }

  /** An item to be written. */
  item(array: readonly unknown[], at: number): unknown {
    const item = array[at]
    if (item === undefined && !(at in array)) this.refuse(`an array with a hole at ${at}`)
    return item
  }

  checkDepth(): void {
    if (this.path.length >= depthMax)
      this.refuse(`nested deeper than ${depthMax} levels, perhaps in a circle`)
  }

  refuse(what: string): never {
    throw refusal(what, this.path)
  }

  #reserve(bytes: number): void {
    const buffer = this.#buffer
    if (this.#position + bytes <= buffer.length) return
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, this.#position + bytes))
    buffer.copy(this.#buffer, 0, 0, this.#position)
  }

  #byte(byte: number): void {
    this.#buffer[this.#position++] = byte
  }

  #rare(value: unknown): void {
    if (value === null) this.#byte(tag.null)
    else if (value === undefined) this.#byte(tag.undefined)
    else if (value === false) this.#byte(tag.false)
    else if (value === true) this.#byte(tag.true)
    else if (typeof value === 'bigint') this.#bigint(value)
    else this.refuse(`a ${typeof value}`)
  }

  #bigint(value: bigint): void {
    this.#byte(tag.bigint)
    this.string(value.toString())
  }

  #number(value: number): void {
    if ((value | 0) !== value || Object.is(value, -0)) {
      this.#byte(tag.float64)
      this.#position = this.#buffer.writeDoubleLE(Number.isNaN(value) ? Number.NaN : value, this.#position)
    } else if (value >= 0 && value < smallIntegers) {
      this.#byte(value)
    } else {
      this.#byte(tag.int32)
      this.#position = this.#buffer.writeInt32LE(value, this.#position)
    }
  }

  #shortAscii(value: string): boolean {
    const start = this.#position
    this.#reserve(value.length + 16)
    this.#byte(tag.string)
    this.#byte(value.length)
    for (let at = 0; at < value.length; at++) {
      const code = value.charCodeAt(at)
      if (code >= 0x80) {
        this.#position = start
        return false
      }
      this.#byte(code)
    }
    return true
  }

  #longString(value: string): void {
    const encoding = loneSurrogate.test(value) ? 'utf16le' : 'utf8'
    const bytes = Buffer.byteLength(value, encoding)
    this.head(encoding === 'utf8' ? tag.string : tag.utf16, bytes)
    this.#reserve(bytes)
    this.#position += this.#buffer.write(value, this.#position, bytes, encoding)
  }
}

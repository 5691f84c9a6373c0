// Reads fields in MessagePack: nil, booleans, numbers and arrays alone, to a depth, and no more of an array than its
// bytes can hold. What else MessagePack has is refused: what records, references and extensions cost is not bounded by
// their length.

/** Arrays within arrays; a PROMISE has four. */
const nestingMax = 8

/** To make a number of its bytes. */
const scratch = new DataView(new ArrayBuffer(8))

export class FieldReader {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes
    this.#at = from
  }

  /** Behind what was read. */
  get at(): number {
    return this.#at
  }

  /** `undefined`: it is cut off, too deep, or of another kind; nothing more can be read then. */
  read(): unknown {
    const value = this.#value(nestingMax)
    return this.#at <= this.#bytes.length ? value : undefined
  }

  #value(nesting: number): unknown {
    const token = this.#uint(1)
    if (token <= 0x7f) return token
    if (token >= 0xe0) return token - 0x100
    if (token >= 0x90 && token <= 0x9f) return this.#array(token & 0x0f, nesting)
    if (token === 0xdc) return this.#array(this.#uint(2), nesting)
    if (token === 0xdd) return this.#array(this.#uint(4), nesting)
    return this.#scalar(token)
  }

  #array(length: number, nesting: number): unknown[] | undefined {
    // Each element has a byte at least: nothing is allocated for a length alone.
    if (this.#at + length > this.#bytes.length || nesting === 0) return undefined
    const values = new Array<unknown>(length)
    for (let place = 0; place < length; place++) {
      const value = this.#value(nesting - 1)
      if (value === undefined) return undefined
      values[place] = value
    }
    return values
  }

  #scalar(token: number): unknown {
    switch (token) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xcb:
        return this.#eight().getFloat64(0)
      case 0xcc:
        return this.#uint(1)
      case 0xcd:
        return this.#uint(2)
      case 0xce:
        return this.#uint(4)
      case 0xcf:
        return this.#eight().getBigUint64(0)
      case 0xd0:
        return (this.#uint(1) << 24) >> 24
      case 0xd1:
        return (this.#uint(2) << 16) >> 16
      case 0xd2:
        return this.#uint(4) | 0
      case 0xd3:
        return this.#eight().getBigInt64(0)
      default:
        return undefined
    }
  }

  #eight(): DataView {
    scratch.setUint32(0, this.#uint(4))
    scratch.setUint32(4, this.#uint(4))
    return scratch
  }

  /** Of so many bytes; where they are cut off, `at` is behind the end then. */
  #uint(count: number): number {
    let value = 0
    for (const end = this.#at + count; this.#at < end; this.#at++)
      value = value * 256 + (this.#bytes[this.#at] ?? 0)
    return value
  }
}

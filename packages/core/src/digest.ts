// Digests of 53 bits, so that each is a plain safe integer: they find what was lost or mixed up, not what was forged. All
// members of a group trust one another.

import { createHash, hash } from 'node:crypto'

/** 53 bits of the SHA-256 of `content`; of a string in UTF-8, with U+FFFD for each lone surrogate. */
export function digestOf(content: Uint8Array | string): number {
  return fromBinary(hash('sha256', content, 'binary'))
}

/** The digest of bytes that come in pieces. */
export class RunningDigest {
  readonly #hash = createHash('sha256')

  add(piece: Uint8Array): void {
    this.#hash.update(piece)
  }

  /** Of all pieces. To be called once, after the last. */
  finish(): number {
    return fromBinary(this.#hash.digest('binary'))
  }
}

/** Each character is a byte: to read hexadecimal digits takes a third as long as to hash a short entry. */
const fromBinary = (bytes: string): number => join53(uint32(bytes, 0), uint32(bytes, 4))

function uint32(bytes: string, at: number): number {
  const high = (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1)
  return (high << 16) | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3)
}

/** The finalizer of MurmurHash3, a bijection of 32 bits: each bit of `value` moves each bit of the result. */
export function mix(value: number): number {
  let bits = value ^ (value >>> 16)
  bits = Math.imul(bits, 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}

/** One number of the lower 21 bits of `high` and the 32 of `low`. */
export function join53(high: number, low: number): number {
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0)
}

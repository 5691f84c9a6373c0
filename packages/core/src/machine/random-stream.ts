// Randomness that is the same on every replica: drawn from the group's seed, the index and the place in the entry.

import { mix } from '../digest.ts'

/** xoshiro128**, seeded anew for each place. */
export class RandomStream {
  #a = 0
  #b = 0
  #c = 0
  #d = 0

  /**
   * Each word takes in one number and is a bijection of it, so that no two places of a group share a state: folded into
   * 32 bits, ids would repeat after some ten thousand.
   *
   * @param seed 53 bits
   */
  seed(seed: number, index: number, place: number): void {
    this.#a = mix(mix(seed >>> 0) + index)
    this.#b = mix(this.#a + place)
    this.#c = mix(this.#b + Math.floor(index / 2 ** 32))
    // Never all zero, which would stay so.
    this.#d = mix(this.#c + Math.floor(seed / 2 ** 32)) | 1
  }

  /** 0 ≤ x < 1, 53 bits. */
  fraction(): number {
    const high = this.bits() >>> 5
    return (high * 2 ** 26 + (this.bits() >>> 6)) / 2 ** 53
  }

  /** A UUID of version 8 (RFC 9562): 122 bits. */
  uuid(): string {
    const digits = [this.bits(), this.bits(), this.bits(), this.bits()].map(hex).join('')
    const variant = '89ab'[this.bits() >>> 30]
    const [first, second, third] = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(13, 16)]
    return `${first}-${second}-8${third}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`
  }

  /** 32 bits, unsigned. */
  bits(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = rotate(this.#d, 11)
    return result
  }
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function hex(bits: number): string {
  return bits.toString(16).padStart(8, '0')
}

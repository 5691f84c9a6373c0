// The bytes of one token that lies in several parts, put together. Room is made for what has come, whatever length the
// token claims.

import type { Reader } from './reader.ts'
import { tokenBytes } from './token.ts'

const firstBytes = 64
/** A larger buffer is given up. */
const keptBytesMax = 1 << 20

export class Carry {
  #buffer = Buffer.allocUnsafeSlow(firstBytes)
  #length = 0

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /** Takes what it lacks, and returns whether the token is whole. */
  fill(part: Reader): boolean {
    for (let lacking = this.#lacking(); lacking > 0; lacking = this.#lacking()) {
      if (part.left === 0) return false
      this.#add(part.raw(lacking))
    }
    return true
  }

  /** The token. It stays as it is until the next `fill`. */
  taken(): Uint8Array {
    const token = this.#buffer.subarray(0, this.#length)
    this.#length = 0
    if (this.#buffer.length > keptBytesMax) this.#buffer = Buffer.allocUnsafeSlow(firstBytes)
    return token
  }

  #lacking(): number {
    return tokenBytes(this.#buffer, 0, this.#length) - this.#length
  }

  #add(bytes: Uint8Array): void {
    const end = this.#length + bytes.length
    if (end > this.#buffer.length) this.#grow(end)
    this.#buffer.set(bytes, this.#length)
    this.#length = end
  }

  #grow(bytes: number): void {
    const smaller = this.#buffer
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * smaller.length))
    smaller.copy(this.#buffer, 0, 0, this.#length)
  }
}

// The engine's own random numbers, from its incarnation: the same inputs give the same outputs.
// xorshift64* by Vigna, in two halves of 32 bits, would be slower than two xorshift32; these need no quality.

export class Random {
  #a: number
  #b: number

  constructor(seed: number) {
    this.#a = (seed >>> 0) ^ 0x9e3779b9 || 1
    this.#b = Math.floor(seed / 2 ** 32) ^ 0x85ebca6b || 1
  }

  /** 0 ≤ x < 1, 32 bits. */
  fraction(): number {
    return this.#next() / 2 ** 32
  }

  /** 53 bits, never 0. */
  token(): number {
    const high = this.#next() >>> 11
    return high * 2 ** 32 + this.#next() || 1
  }

  #next(): number {
    this.#a ^= this.#a << 13
    this.#a ^= this.#a >>> 17
    this.#a ^= this.#a << 5
    this.#b ^= this.#b << 5
    this.#b ^= this.#b >>> 13
    this.#b ^= this.#b << 6
    return (this.#a + this.#b) >>> 0
  }
}

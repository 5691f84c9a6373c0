// Where all chance of a simulated run comes from. Integer arithmetic only, so that a seed means the same run on every
// machine and every version of Node.

const two32 = 4_294_967_296

/** One 32-bit number from two, well mixed (the finalizer of MurmurHash3). */
export function mixSeeds(a: number, b: number): number {
  let mixed = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 16) ^ b, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/** A sequence of pseudorandom numbers (mulberry32). The same seed gives the same sequence. */
export class Random {
  #state: number

  /** Of `seed` the lower 32 bits count. */
  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** Begins the sequence of another seed. */
  restart(seed: number): void {
    this.#state = seed | 0
  }

  /** A whole number from 0 to 2³² - 1. */
  bits32(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** A whole number from 0 to 2⁵³ - 1. */
  bits53(): number {
    return (this.bits32() >>> 11) * two32 + this.bits32()
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor((this.bits32() / two32) * count)
  }

  /** `true` once in `count` times; never when `count` is 0. */
  oneIn(count: number): boolean {
    return count > 0 && this.below(count) === 0
  }

  /** One of `items`, of which there is at least one. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }
}

// A hash of all entries of a table, kept up with each change: two lanes of 32 bits, to which each entry's own hash is
// added. What is added up does not depend on the order, so neither on the way in which a replica came to its entries.
// An entry's hash is that of its bytes, key and value (equal ones have equal bytes), so nothing is kept by entry: who
// removes one encodes it once more.

import { mix } from '../../digest.ts'

/** Of the entry hashed last. */
let low = 0
let high = 0

export class EntryHash {
  /** Both are 32-bit integers. */
  low: number
  high: number

  constructor(lowLane = 0, highLane = 0) {
    this.low = lowLane
    this.high = highLane
  }

  add(entry: Uint8Array): void {
    hashEntry(entry)
    this.low = (this.low + low) | 0
    this.high = (this.high + high) | 0
  }

  /** What `add` was given. */
  remove(entry: Uint8Array): void {
    hashEntry(entry)
    this.low = (this.low - low) | 0
    this.high = (this.high - high) | 0
  }
}

function hashEntry(bytes: Uint8Array): void {
  low = 0x9e3779b9
  high = 0x85ebca6b
  addWord(bytes.length)
  const whole = bytes.length & ~3
  for (let at = 0; at < whole; at += 4)
    addWord(
      byte(bytes, at) |
        (byte(bytes, at + 1) << 8) |
        (byte(bytes, at + 2) << 16) |
        (byte(bytes, at + 3) << 24),
    )
  for (let at = whole; at < bytes.length; at++) addWord(byte(bytes, at))
  // A bijection of both together, after which each bit of either depends on both.
  high = mix(high ^ low)
  low = mix((low + high) | 0)
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number
}

/** For each word a bijection of either lane: of two texts that differ in one word, both do. */
function addWord(word: number): void {
  low = Math.imul(low ^ word, 0x9e3779b1)
  high = Math.imul(high ^ word, 0x5f356495)
  low ^= low >>> 15
  high ^= high >>> 13
}

// A hash of all entries of a table, kept up with each change: two lanes of 32 bits, to which each entry's own hash is
// added. What is added up does not depend on the order, so neither on the way in which a replica came to its entries.
// An entry's hash covers its key and its value's bytes (equal values have equal bytes), so nothing is kept by entry: who
// removes one hands its bytes over again.

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

  /** @param value as `encode` gives it */
  add(key: string, value: Uint8Array): void {
    hashEntry(key, value)
    this.low = (this.low + low) | 0
    this.high = (this.high + high) | 0
  }

  /** What `add` was given. */
  remove(key: string, value: Uint8Array): void {
    hashEntry(key, value)
    this.low = (this.low - low) | 0
    this.high = (this.high - high) | 0
  }
}

/** The lengths keep apart a key's end from its value's beginning. */
function hashEntry(key: string, value: Uint8Array): void {
  low = 0x9e3779b9
  high = 0x85ebca6b
  addWord(key.length)
  for (let at = 0; at < key.length; at++) addWord(key.charCodeAt(at))
  addWord(value.length)
  addBytes(value)
  // A bijection of both together, after which each bit of either depends on both.
  high = mix(high ^ low)
  low = mix((low + high) | 0)
}

function addBytes(bytes: Uint8Array): void {
  const whole = bytes.length & ~3
  for (let at = 0; at < whole; at += 4)
    addWord(
      byte(bytes, at) |
        (byte(bytes, at + 1) << 8) |
        (byte(bytes, at + 2) << 16) |
        (byte(bytes, at + 3) << 24),
    )
  for (let at = whole; at < bytes.length; at++) addWord(byte(bytes, at))
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

// The running hash of the log, and the digest of a snapshot: SHA-256, cut to the 53 bits that a number holds. It finds
// what was lost or mixed up, not what was forged: all members of a group trust one another.

import { hash } from 'node:crypto'
import type { Chain } from './entry.ts'

/** The chain after an entry that follows `previous`. */
export function chainAfter(previous: Chain, payload: Uint8Array): Chain {
  return exclusiveOr(scatter(previous), digestOf(payload)) as Chain
}

/** 53 bits of the SHA-256 of `bytes`. */
export function digestOf(bytes: Uint8Array): number {
  const hex = hash('sha256', bytes, 'hex')
  return join(Number.parseInt(hex.slice(0, 8), 16), Number.parseInt(hex.slice(8, 16), 16))
}

/**
 * A permutation of the numbers of 53 bits (a Feistel network of four rounds), so that no two chains meet by it, and
 * one that is not linear, so that the order of two entries shows.
 */
function scatter(value: number): number {
  let high = highOf(value)
  let low = value >>> 0
  for (let round = 1; round <= 4; round++) {
    low ^= mixed(high + round)
    high ^= mixed(low) >>> 11
  }
  return join(high, low)
}

/** The finalizer of MurmurHash3: each bit of `value` moves each bit of the result. */
function mixed(value: number): number {
  let bits = value ^ (value >>> 16)
  bits = Math.imul(bits, 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}

function exclusiveOr(a: number, b: number): number {
  return join(highOf(a) ^ highOf(b), a ^ b)
}

/** The upper 21 of the 53 bits. */
function highOf(value: number): number {
  return Math.floor(value / 2 ** 32)
}

function join(high: number, low: number): number {
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0)
}

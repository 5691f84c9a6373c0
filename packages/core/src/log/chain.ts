// The running hash of the log: equal chains at an index mean equal logs up to there.

import { digestOf, join53, mix } from '../digest.ts'
import type { Chain } from './entry.ts'

/** The chain after an entry that follows `previous`. */
export function chainAfter(previous: Chain, payload: Uint8Array): Chain {
  return exclusiveOr(scatter(previous), digestOf(payload)) as Chain
}

/**
 * A permutation of the numbers of 53 bits (a Feistel network of four rounds), so that no two chains meet by it, and
 * one that is not linear, so that the order of two entries shows.
 */
function scatter(value: number): number {
  let high = highOf(value)
  let low = value >>> 0
  for (let round = 1; round <= 4; round++) {
    low ^= mix(high + round)
    high ^= mix(low) >>> 11
  }
  return join53(high, low)
}

function exclusiveOr(a: number, b: number): number {
  return join53(highOf(a) ^ highOf(b), a ^ b)
}

/** The upper 21 of the 53 bits. */
function highOf(value: number): number {
  return Math.floor(value / 2 ** 32)
}

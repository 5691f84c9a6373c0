// Ring ids as koffi hands them over: `struct cpg_ring_id` and `struct quorum_ring_id`, by value.

import type { RingId } from '@quorate/core'

/** koffi gives a number where that is exact, and else a bigint. */
export interface NativeRingId {
  readonly nodeid: number
  readonly seq: number | bigint
}

/** The same as all of Quorate has it. */
export function ringId({ nodeid, seq }: NativeRingId): RingId {
  return { nodeid, seq: BigInt(seq) }
}

// How long a joiner waits for a chunk before it turns to the next donor. Design: docs/protocol.md, R8.8.

import { faulty } from '../faults.ts'
import type { JoinerState, State } from '../state.ts'

/** In collection timeouts: shorter than any takeover timeout. */
export const stallCollectionsMax = 4

/**
 * When the next donor's turn is. In a view that needs more time for its rounds, chunks need more as well; and who turns
 * away before an answer can have come waits longer each time.
 */
export function stallMs(state: State, { stalls }: JoinerState): number {
  const { nowMs, collectionMs, timeouts } = state
  const hastiness = faulty(state, 'stall-not-doubled') ? 1 : 2 ** stalls
  const slowness = Math.max(1, collectionMs / timeouts.collectionMs) * hastiness
  return nowMs + Math.min(slowness * timeouts.stallMs, stallCollectionsMax * collectionMs)
}

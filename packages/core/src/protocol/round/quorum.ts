// Comparing what the quorum service said.

import { sameRing } from '../../identity.ts'
import type { QuorumNotification } from '../../wire/messages.ts'

export function sameNotification(a: QuorumNotification | null, b: QuorumNotification | null): boolean {
  if (a === null || b === null) return a === b
  return a.quorate === b.quorate && sameRing(a.ring, b.ring)
}

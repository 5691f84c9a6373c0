// Ballots: totally ordered and unique. Design: docs/protocol.md, "Words".

import type { Incarnation } from '../identity.ts'

/** Names an attempt to install an epoch, and the epoch. Ordered by number, node id, incarnation. */
export interface Ballot {
  readonly number: number
  readonly nodeid: number
  readonly incarnation: Incarnation | 0
}

/** Below every ballot of a round. */
export const noBallot: Ballot = { number: 0, nodeid: 0, incarnation: 0 }

/** Negative, 0 or positive, as for sorting. */
export function compareBallots(a: Ballot, b: Ballot): number {
  return a.number - b.number || a.nodeid - b.nodeid || a.incarnation - b.incarnation
}

export function sameBallot(a: Ballot, b: Ballot): boolean {
  return a.number === b.number && a.nodeid === b.nodeid && a.incarnation === b.incarnation
}

/** For logs and errors: number.nodeid. */
export function describeBallot({ number, nodeid }: Ballot): string {
  return `${number}.${nodeid}`
}

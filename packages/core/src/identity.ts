// Who somebody is: the names that transports, messages and the protocol share.

/** A process in a group. `nodeid` is unique per machine, `pid` per process of that machine; both are uint32. */
export interface Member {
  readonly nodeid: number
  readonly pid: number
}

/** Names one configuration of the ring. No two configurations of a cluster share an id. */
export interface RingId {
  /** The node that formed the ring (its representative). */
  readonly nodeid: number
  /** Grows with each configuration. */
  readonly seq: bigint
}

declare const incarnationBrand: unique symbol
declare const memoryBrand: unique symbol

/**
 * One life of a process: 53 random bits, drawn when it starts; never 0. (53 and not 64, so that it is a plain number:
 * two of a million processes that ever were share one with a probability of 1 in 18,000.)
 */
export type Incarnation = number & { readonly [incarnationBrand]: true }

/** What a voter remembers, from its beginning to its loss: 53 random bits, never 0. */
export type MemoryId = number & { readonly [memoryBrand]: true }

/** A process of the group with the life that it is in. */
export interface Process extends Member {
  readonly incarnation: Incarnation
}

/** A voter counts for majorities; a learner gets everything and never counts. */
export type Role = 'voter' | 'learner'

export function sameMember(a: Member, b: Member): boolean {
  return a.nodeid === b.nodeid && a.pid === b.pid
}

export function sameRing(a: RingId, b: RingId): boolean {
  return a.nodeid === b.nodeid && a.seq === b.seq
}

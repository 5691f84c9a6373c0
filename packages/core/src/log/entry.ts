// What stands in the log. Design: docs/protocol.md, "Words" and "Messages".

import type { Incarnation, Member, MemoryId, Process, Role } from '../identity.ts'
import type { Ballot } from '../wire/ballot.ts'

declare const chainBrand: unique symbol

/** A position in the log, counted from 1; 0 is the empty log. */
export type Index = number

/** The running hash over all entries up to one: equal chains at an index mean equal logs up to there. */
export type Chain = number & { readonly [chainBrand]: true }

/** The chain of the empty log. */
export const emptyChain: Chain = 0 as Chain

/** A member named in an INSTALL; a learner has no memory id, but 0. */
export interface Participant extends Process {
  readonly role: Role
  readonly memory: MemoryId | 0
}

/** A member of the view of an INSTALL; the incarnation is 0 where it was not known. */
export interface ViewMember extends Member {
  readonly incarnation: Incarnation | 0
}

/** What the members of a group agree to run. */
export interface Versions {
  readonly protocol: number
  readonly machine: number
}

/** The first entry of each epoch, made by each adopter from INSTALL alone. */
export interface ViewBody {
  readonly type: 'view'
  readonly ballot: Ballot
  readonly participants: readonly Participant[]
  readonly members: readonly ViewMember[]
  readonly versions: Versions
  /** Cluster time, milliseconds. */
  readonly timeMs: number
}

/** Commands of one origin, in the order in which they were submitted. */
export interface CommandsBody {
  readonly type: 'commands'
  readonly origin: Incarnation
  /** Index of the VIEW entry that opened the session. */
  readonly session: Index
  /** Number of the first command; the others follow it. Counted from 1 within a session's origin. */
  readonly first: number
  readonly count: number
  /** The lowest number whose result the origin does not have yet. */
  readonly lowest: number
  /** The origin's estimate of the cluster time, milliseconds. */
  readonly timeMs: number
  /** The encoded commands, one after the other: the machine's business. */
  readonly commands: Uint8Array
}

/** Without effect; answers the reads attached to it. */
export interface MarkerBody {
  readonly type: 'marker'
  readonly origin: Incarnation
  readonly number: number
  readonly timeMs: number
}

/** Without effect but for the time: lets due timers fire. */
export interface TickBody {
  readonly type: 'tick'
  readonly timeMs: number
}

export type EntryBody = ViewBody | CommandsBody | MarkerBody | TickBody

/** One position of the log. */
export interface Entry {
  readonly body: EntryBody
  /** `body`, encoded: what is hashed, stored and transferred. */
  readonly payload: Uint8Array
  readonly chain: Chain
}

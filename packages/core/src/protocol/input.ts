// All that can happen to the engine. Each input is dealt with as a whole before the next. Design: docs/protocol.md.

import type { Member, RingId } from '../identity.ts'
import type { Index, Versions } from '../log/entry.ts'
import type { Position, Received } from '../wire/messages.ts'
import type { Force } from './force.ts'
import type { Limits, Timeouts } from './options.ts'

/** The transport's views, as they come (ports/transport.ts). */
export interface ViewInput {
  readonly type: 'view'
  readonly members: readonly Member[]
  readonly ring: RingId
  /** The nodes of `ring`, whether a member runs there or not. */
  readonly nodeids: readonly number[]
}

/** The quorum service spoke of `ring`. */
export interface QuorumInput {
  readonly type: 'quorum'
  readonly ring: RingId
  readonly quorate: boolean
}

/** A message was delivered and decoded. */
export interface MessageInput {
  readonly type: 'message'
  readonly received: Received
}

/** A new membership: the first, or the next after `down`. */
export interface UpInput {
  readonly type: 'up'
  readonly self: Member
}

/** The membership has ended: the local daemon died. */
export interface DownInput {
  readonly type: 'down'
}

/** The write `token` and all before it are on disk. */
export interface StoredInput {
  readonly type: 'stored'
  readonly token: number
}

/** The storage has all parts of a snapshot of the machine at `at`: it takes the place of the one before. */
export interface CompactInput {
  readonly type: 'compact'
  readonly at: Position
}

/** What the machine's state is after an `apply` or a `restore`. */
export interface AppliedInput {
  readonly type: 'applied'
  /** Up to here. */
  readonly index: Index
  /** The VIEW entry that opened this process's session; 0: it has none. */
  readonly session: Index
  /** Own numbers of that session that are done: applied, rejected or answered by the session table. */
  readonly answered: readonly number[]
  /** The lowest own number that was passed over since the last `applied`; 0: none. */
  readonly passedOver: number
  /** Of a session: a number that lies this much or more above the lowest open one is passed over. */
  readonly openCommandsMax: number
  /** Cluster time. */
  readonly timeMs: number
  /** When the next timer is due, in cluster time. */
  readonly nextTimerMs: number | null
  /** In force at `index`. */
  readonly versions: Versions
}

/** The snapshot that was asked for has begun, of the machine at `index`. Its pieces come as they are asked for. */
export interface SnapshotInput {
  readonly type: 'snapshot'
  readonly index: Index
}

/** The next piece of the snapshot at `index`: as long as was asked, or, if it is the last, shorter. */
export interface PieceInput {
  readonly type: 'piece'
  readonly index: Index
  /** Where it begins. */
  readonly offset: number
  readonly piece: Uint8Array
  readonly last: boolean
}

/** The machine's digest, right after the entry at `index` was applied: at every index for which `isDigestIndex` says so. */
export interface DigestInput {
  readonly type: 'digest'
  readonly index: Index
  /** 53 bits. */
  readonly digest: number
}

/** An application's command, encoded. `request` is the caller's name for it; the output `numbered` gives it a number. */
export interface SubmitInput {
  readonly type: 'submit'
  readonly request: number
  readonly command: Uint8Array
}

/** A command that has no number yet is no longer wanted: it will never get one. */
export interface WithdrawInput {
  readonly type: 'withdraw'
  readonly request: number
}

/** A linearizable read; `readable` answers with the same number. */
export interface ReadInput {
  readonly type: 'read'
  readonly read: number
}

/** Fencing report: no process that ran on this node until now runs any more. */
export interface FencedInput {
  readonly type: 'fenced'
  readonly nodeid: number
}

/** The operator's word, for one round. */
export interface ForceInput {
  readonly type: 'force'
  readonly force: Force
}

/** The node's wall clock was set, or has drifted from the monotonic one. */
export interface WallInput {
  readonly type: 'wall'
  /** Milliseconds since 1970 by that clock, minus the `now` of the inputs. */
  readonly offsetMs: number
}

/** The bounds of this replica are others from here on. Those of chunks stay: transfers were begun with them. */
export interface TuneInput {
  readonly type: 'tune'
  readonly limits: Limits
  readonly timeouts: Timeouts
}

/** The deadline has come. */
export interface TimeInput {
  readonly type: 'time'
}

/** Nothing else waits: what was collected goes out. */
export interface SettleInput {
  readonly type: 'settle'
}

export type Input =
  | ViewInput
  | QuorumInput
  | MessageInput
  | UpInput
  | DownInput
  | StoredInput
  | CompactInput
  | AppliedInput
  | SnapshotInput
  | PieceInput
  | DigestInput
  | SubmitInput
  | WithdrawInput
  | ReadInput
  | FencedInput
  | ForceInput
  | WallInput
  | TuneInput
  | TimeInput
  | SettleInput

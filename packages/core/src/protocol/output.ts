// All that the engine wants done, in this order. Nothing here is done by the engine itself.

import type { Entry, Index, Versions } from '../log/entry.ts'
import type { StorageRecord } from '../log/storage-record.ts'
import type { Ballot } from '../wire/ballot.ts'
import type { Message, Position } from '../wire/messages.ts'

/** Multicast. A transport that takes nothing now keeps the order: what follows waits behind it. */
export interface SendOutput {
  readonly type: 'send'
  readonly message: Message
}

/** Write in one transaction; then the input `stored` with the token. Without a storage, at once. */
export interface PersistOutput {
  readonly type: 'persist'
  readonly token: number
  readonly record: StorageRecord
  /** The parts that have come, from a donor or of the own state, are the snapshot at this position. */
  readonly snapshot: Position | null
  /** The log begins anew behind this, before all else. */
  readonly begin: Position | null
  /** Entries behind this index go, before `append`. */
  readonly truncate: Index
  /** The entries from `truncate` + 1 on. */
  readonly append: readonly Entry[]
  /** Entries up to here may go. */
  readonly forget: Index | null
}

/** These entries are committed: apply them in order, then the input `applied`. */
export interface ApplyOutput {
  readonly type: 'apply'
  /** Index of the first. */
  readonly first: Index
  readonly entries: readonly Entry[]
}

/** The next bytes of a snapshot; at `offset` 0 another begins, in the place of what came before. */
export interface RestorePartOutput {
  readonly type: 'restore-part'
  /** Comes back by the input `stored`. */
  readonly token: number
  readonly offset: number
  readonly part: Uint8Array
}

/** All parts have come: the state is theirs from now on; then the input `applied`. */
export interface RestoreOutput {
  readonly type: 'restore'
  readonly index: Index
}

/** The parts that have come lead nowhere. */
export interface DropRestoreOutput {
  readonly type: 'drop-restore'
}

/** The operator has forced another history: keep what is stored beside, begin with an empty state; then `applied`. */
export interface SetAsideOutput {
  readonly type: 'set-aside'
}

/** Hold the machine's state as it is now, for joiners, instead of what was held before; then the input `snapshot`. */
export interface TakeSnapshotOutput {
  readonly type: 'take-snapshot'
}

/** Encode the next piece of what is held, of so many bytes; then the input `piece`. */
export interface TakePieceOutput {
  readonly type: 'take-piece'
  readonly bytes: number
}

/** Nobody wants the rest of what is held. */
export interface DropSnapshotOutput {
  readonly type: 'drop-snapshot'
}

/** These requests go out for the first time, under the numbers `first`, `first` + 1, … */
export interface NumberedOutput {
  readonly type: 'numbered'
  readonly first: number
  readonly requests: readonly number[]
}

/** The outcome of these own commands will never be known here: their session has ended. */
export interface ExpiredOutput {
  readonly type: 'expired'
  readonly numbers: readonly number[]
}

/** The machine's state as it is now answers these reads. */
export interface ReadableOutput {
  readonly type: 'readable'
  readonly reads: readonly number[]
}

/** Why a view installs nothing. */
export type Obstacle =
  /** Fewer intact voters than a majority (or than votequorum asks): these nodes are missed. */
  | { readonly reason: 'no-quorum'; readonly missing: readonly number[] }
  /** All voters are needed to begin, or every member's answer. */
  | { readonly reason: 'bootstrap'; readonly missing: readonly number[] }
  /** More than one log may hold what was committed. */
  | { readonly reason: 'ambiguous'; readonly index: Index; readonly missing: readonly number[] }
  /** Members name different groups. */
  | { readonly reason: 'groups'; readonly nodeids: readonly number[] }
  /** Two processes of one node claim its vote. */
  | { readonly reason: 'two-votes'; readonly nodeids: readonly number[] }
  /** Two contents are certain at one index: the transport broke its promise. */
  | { readonly reason: 'broken-order'; readonly index: Index }
  /** These cannot run what the group has agreed on; when it begins, what the others need. */
  | { readonly reason: 'version'; readonly needed: Versions; readonly nodeids: readonly number[] }
  /** The log that the operator has named is of a node that is not here. */
  | { readonly reason: 'no-such-log'; readonly nodeid: number }

/** What a user or an operator wants to hear of. */
export type Notice =
  /** This replica has adopted an epoch: it takes part. */
  | { readonly notice: 'adopted'; readonly ballot: Ballot; readonly base: Index; readonly leader: number }
  /** It has left its epoch: nothing is committed here until the next. */
  | { readonly notice: 'left'; readonly ballot: Ballot }
  | { readonly notice: 'obstacle'; readonly obstacle: Obstacle }
  | { readonly notice: 'catching-up'; readonly from: Index; readonly to: Index; readonly bytes: number }
  /** A donor's snapshot is the state now: no donor that was asked had the entries. */
  | { readonly notice: 'restored'; readonly index: Index }
  /** An INSTALL was chosen with fewer than a majority of intact logs. */
  | { readonly notice: 'intact-minority'; readonly intact: readonly number[] }
  | { readonly notice: 'stranger'; readonly nodeid: number }
  /** These nodes are left out: they cannot run what the group has agreed on. */
  | { readonly notice: 'left-out'; readonly nodeids: readonly number[]; readonly needed: Versions }
  /** The own disk is this much behind the group: the replica takes no part until all of it is stored. */
  | { readonly notice: 'slow-disk'; readonly entries: number; readonly bytes: number }
  /** A fencing report of a node that is in the view: it comes too late, or is wrong. */
  | { readonly notice: 'fencing-refused'; readonly nodeid: number }
  /** The state is not that of a majority of the voters: it was at `after`, and is not at `index`. */
  | { readonly notice: 'diverged'; readonly after: Index; readonly index: Index }
  /** State was set aside: the operator has forced another history. */
  | { readonly notice: 'set-aside' }

export interface NoticeOutput {
  readonly type: 'notice'
  readonly notice: Notice
}

/** The replica must stop: going on would be wrong. */
export interface StopOutput {
  readonly type: 'stop'
  readonly reason: 'commit-cut' | 'other-group' | 'history' | 'diverged'
  readonly text: string
}

export type Output =
  | SendOutput
  | PersistOutput
  | ApplyOutput
  | RestorePartOutput
  | RestoreOutput
  | DropRestoreOutput
  | TakeSnapshotOutput
  | TakePieceOutput
  | DropSnapshotOutput
  | SetAsideOutput
  | NumberedOutput
  | ExpiredOutput
  | ReadableOutput
  | NoticeOutput
  | StopOutput

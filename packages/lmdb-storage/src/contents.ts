// What the storage knows of itself, beside records, entries and the parts of snapshots: two small values of JSON. What
// is dropped is dropped by these alone, whatever its size; its keys become garbage, which later writes clear bit by bit.

import type { Chain, Index, StorageOwner } from '@quorate/core'
import { emptyChain } from '@quorate/core/encoding'

export interface Position {
  readonly index: Index
  readonly chain: Chain
}

/** Keys that nothing leads to any more: of this log or snapshot, `from` to `to`. */
export interface Garbage {
  readonly kind: 'entry' | 'part'
  readonly id: number
  readonly from: number
  readonly to: number
}

/** The parts of a snapshot. */
export interface Parts {
  readonly id: number
  readonly count: number
  readonly bytes: number
}

/** One for each directory. */
export interface Root {
  /** The holding that is in use. */
  readonly current: number
  /** Holdings that were set aside, oldest first. */
  readonly asides: readonly number[]
  /** The last number that was given to a holding, a log or a snapshot. */
  readonly lastId: number
  /** Of a snapshot that is not complete yet. */
  readonly parts: Parts | null
  readonly garbage: readonly Garbage[]
}

/** One for each holding: what a replica began with nothing, and has not set aside. */
export interface Head {
  readonly owner: StorageOwner | null
  readonly hasRecord: boolean
  /** Number of the log that its entries are of. */
  readonly log: number
  /** What the entries follow. */
  readonly start: Position
  /** Of the last entry; `start.index`: there is none. */
  readonly end: Index
  /** The highest index that has a key in this log: what `truncate` leaves behind `end` is written over. */
  readonly highest: Index
  readonly snapshot: (Position & Parts) | null
}

export interface Contents {
  readonly root: Root
  readonly head: Head
}

const beginning: Position = { index: 0, chain: emptyChain }

export const emptyHead = (log: number): Head => ({
  ...{ owner: null, hasRecord: false, log, start: beginning, end: 0, highest: 0, snapshot: null },
})

export const emptyContents: Contents = {
  root: { current: 1, asides: [], lastId: 2, parts: null, garbage: [] },
  head: emptyHead(2),
}

/** Whether `Storage.load` gives `null`. */
export const isEmpty = ({ owner, hasRecord }: Head): boolean => owner === null || !hasRecord

export const encodeJson = (value: Root | Head): Uint8Array => Buffer.from(JSON.stringify(value))

/** Of bytes whose checksum is right. */
export const decodeJson = <T extends Root | Head>(bytes: Uint8Array): T =>
  JSON.parse(Buffer.from(bytes).toString())

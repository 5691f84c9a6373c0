// The keys of LMDB's one tree. Entries come last and by number, so that a log that grows fills page after page.

import type { Index } from '@quorate/core'

/** What a key names: it is followed by no other byte, by a number, or by two. */
const kinds = { root: 0, head: 1, record: 2, part: 3, entry: 4 } as const

/** Where the storage stands. */
export const rootKey: Buffer = Buffer.of(kinds.root)

/** What one replica's storage holds, its entries, record and snapshot aside. */
export const headKey = (holding: number): Buffer => keyOf(kinds.head, holding)

export const recordKey = (holding: number): Buffer => keyOf(kinds.record, holding)

/** The parts of a snapshot are counted from 0. */
export const partKey = (snapshot: number, place: number): Buffer => keyOf(kinds.part, snapshot, place)

export const entryKey = (log: number, index: Index): Buffer => keyOf(kinds.entry, log, index)

/** `id` in 4 bytes, `place` in 8, the highest first: the order of the bytes is that of the numbers. */
function keyOf(kind: number, id: number, place?: number): Buffer {
  const key = Buffer.alloc(place === undefined ? 5 : 13)
  key[0] = kind
  key.writeUInt32BE(id, 1)
  if (place !== undefined) {
    key.writeUInt32BE(Math.floor(place / 2 ** 32), 5)
    key.writeUInt32BE(place >>> 0, 9)
  }
  return key
}

// A backup's file: magic, format, then frames, each a kind, a length and as many bytes: the header, the record, the
// snapshot's pieces, the entries' payloads, and at the end the SHA-256 of all that stands before it. It is written and read
// as a stream: only entries, which a replica has in memory as well, are held as a whole.

import type { StorageOwner, Stored } from '@quorate/core'

type Position = Stored['start']

/** What begins each. The line end shows whether it was taken for text on its way. */
export const magic: Buffer = Buffer.from('quorate-backup\r\n')

/** Raised by a change that a program of before would misread. */
export const format = 1

/** Magic and format, 4 bytes. */
export const prefixBytes: number = magic.length + 4

export const prefix: Buffer = Buffer.concat([magic, Buffer.of(0, 0, 0, format)])

/** Kinds of frames, in the order in which they stand. */
export const kinds = { header: 1, record: 2, piece: 3, entry: 4, end: 5 } as const

export const frameHeadBytes = 5

export const digestBytes = 32

/** As JSON. */
export interface Header {
  readonly owner: StorageOwner
  /** `null`: there is none, and the entries begin with the first. */
  readonly snapshot: Position | null
  /** What the entries follow. */
  readonly start: Position
  /** Of the last entry. */
  readonly end: Position
}

export function frameHead(kind: number, bytes: number): Buffer {
  const head = Buffer.alloc(frameHeadBytes)
  head[0] = kind
  head.writeUInt32BE(bytes, 1)
  return head
}

/** What stands before the digest. */
export const endHead: Buffer = frameHead(kinds.end, digestBytes)

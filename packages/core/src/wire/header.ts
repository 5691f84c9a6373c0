// The first bytes of every message, in one format for ever. Design: docs/protocol.md, "Messages".
//
//   0  magic, "Quor"
//   4  CRC-32 of all that follows
//   8  version of the format of this kind of message; of PREPARE, PROMISE and REFUSE 1 for ever
//   9  kind
//  10  random part of the sender's group id, 64 bits; 0: it has none
//  18  the sender's incarnation, 64 bits
//
// Numbers have their highest byte first. The magic is compared as a whole, so it needs no checksum.

import { crc32 } from 'node:zlib'
import type { Incarnation } from '../identity.ts'
import { natural } from './codec.ts'
import { incarnation } from './nouns.ts'
import { readUint, writeUint32, writeUint64 } from './uint.ts'

/** Who sends. */
export interface Sender {
  readonly incarnation: Incarnation
  /** Random part of the sender's group id; 0: it has none yet. */
  readonly group: number
}

export interface Header extends Sender {
  readonly kind: number
}

/** Why a message cannot be read: not of this protocol, changed on its way, of another version. */
export type HeaderFault = 'foreign' | 'damaged' | 'version'

export const headerBytes = 26

const magic = 0x51756f72
const version = 1
const checkedFrom = 8
const groupOrNone = natural()

/** Writes the header into the first bytes of a message whose other bytes are there. */
export function seal(bytes: Uint8Array, sender: Sender, kind: number): void {
  bytes[8] = version
  bytes[9] = kind
  writeUint64(bytes, 10, groupOrNone.encode(sender.group))
  writeUint64(bytes, 18, incarnation.encode(sender.incarnation))
  writeUint32(bytes, 0, magic)
  writeUint32(bytes, 4, checksum(bytes))
}

export function readHeader(bytes: Uint8Array): Header | HeaderFault {
  if (bytes.length < headerBytes || readUint(bytes, 0, 4) !== magic) return 'foreign'
  if (readUint(bytes, 4, 4) !== checksum(bytes)) return 'damaged'
  if (bytes[8] !== version) return 'version'
  const group = groupOrNone.decode(readUint(bytes, 10, 8))
  const sender = incarnation.decode(readUint(bytes, 18, 8))
  if (group === undefined || sender === undefined) return 'damaged'
  return { kind: Number(bytes[9]), group, incarnation: sender }
}

function checksum(bytes: Uint8Array): number {
  return crc32(bytes.subarray(checkedFrom))
}

// Messages that no encoder makes.

import { crc32 } from 'node:zlib'
import { headerBytes } from './header.ts'
import { unpack } from './pack.ts'

/** Makes the checksum right again, so that the rest of `bytes` is looked at. */
export function repairChecksum(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(4, crc32(bytes.subarray(8)))
  return bytes
}

/** A message with the header of `like`, and behind it `rest`. */
export function withRest(like: Uint8Array, rest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerBytes + rest.length)
  bytes.set(like.subarray(0, headerBytes))
  bytes.set(rest, headerBytes)
  return repairChecksum(bytes)
}

/** The fields of a message, as they stand on the wire. */
export function fieldsOf(bytes: Uint8Array): readonly unknown[] {
  const unpacked = unpack(bytes, headerBytes)
  if (unpacked === undefined || !Array.isArray(unpacked.fields)) throw new Error('The bytes hold no fields.')
  return unpacked.fields
}

// Bytes as messages and log entries have them: an array of fields in MessagePack, and behind it raw bytes. The raw
// bytes are copied once when they are packed, and never when they are unpacked.

import { Packr, RESET_BUFFER_MODE } from 'msgpackr'
import { FieldReader } from './field-reader.ts'

/** What `pack` packs. */
export interface Unpacked {
  readonly fields: unknown
  readonly raw: Uint8Array
}

const packr = new Packr({ useRecords: false })
const nothing = new Uint8Array(0)

/** `fields`, then `raw`, behind `room` bytes that are left to the caller. */
export function pack(fields: unknown, raw: Uint8Array = nothing, room = 0): Uint8Array {
  const packed = packr.pack(fields, RESET_BUFFER_MODE)
  const bytes = allocate(room + packed.length + raw.length)
  bytes.set(packed, room)
  bytes.set(raw, room + packed.length)
  return bytes
}

/** Not cleared, and short ones from Node's pool: memory of its own costs as much as the rest of a short message. */
function allocate(length: number): Uint8Array {
  const { buffer, byteOffset } = Buffer.allocUnsafe(length)
  return new Uint8Array(buffer, byteOffset, length)
}

/** What was packed behind `room` bytes; `raw` is a part of `bytes`. `undefined`: `pack` never made this. */
export function unpack(bytes: Uint8Array, room = 0): Unpacked | undefined {
  const reader = new FieldReader(bytes, room)
  const fields = reader.read()
  return fields === undefined ? undefined : { fields, raw: bytes.subarray(reader.at) }
}

// Bytes as messages and log entries have them: an array of fields in MessagePack, and behind it raw bytes. The raw
// bytes are copied once when they are packed, and never when they are unpacked.

import { Packr, RESET_BUFFER_MODE } from 'msgpackr'
import { readUint } from './uint.ts'

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
  const end = endOfValue(bytes, room, nestingMax)
  if (end === -1) return undefined
  // A part of its own, because msgpackr leaves a property on the array that it is given.
  return { fields: packr.unpack(bytes.subarray(room, end)), raw: bytes.subarray(end) }
}

/** Arrays within arrays; a PROMISE has four. */
const nestingMax = 8

/**
 * Where the value that begins at `start` ends; -1: it is cut off, too deep, or not made of nil, booleans, numbers and
 * arrays alone. The rest of MessagePack never reaches msgpackr: what records, references and other extensions cost
 * is not bounded by their length, and any module of the process can redefine them.
 */
function endOfValue(bytes: Uint8Array, start: number, nesting: number): number {
  const token = bytes[start] ?? neverUsed
  if (token <= 0x7f || token >= 0xe0) return start + 1
  if (token >= 0x90 && token <= 0x9f) return endOfArray(bytes, start + 1, token & 0x0f, nesting)
  if (token === 0xdc) return endOfArray(bytes, start + 3, readUint(bytes, start + 1, 2), nesting)
  if (token === 0xdd) return endOfArray(bytes, start + 5, readUint(bytes, start + 1, 4), nesting)
  const end = start + (scalarBytes.get(token) ?? Number.POSITIVE_INFINITY)
  return end <= bytes.length ? end : -1
}

function endOfArray(bytes: Uint8Array, start: number, length: number, nesting: number): number {
  // Each element has a byte at least. False also of NaN: the length itself is cut off.
  const fits = start + length <= bytes.length
  if (!fits || nesting === 0) return -1
  let end = start
  for (let i = 0; i < length && end !== -1; i++) end = endOfValue(bytes, end, nesting - 1)
  return end
}

/** The one token that MessagePack has not given out; stands for the end of the bytes. */
const neverUsed = 0xc1

/** Bytes of nil, booleans, float64 and integers, token included. */
const scalarBytes: ReadonlyMap<number, number> = new Map([
  [0xc0, 1],
  [0xc2, 1],
  [0xc3, 1],
  [0xcb, 9],
  [0xcc, 2],
  [0xcd, 3],
  [0xce, 5],
  [0xcf, 9],
  [0xd0, 2],
  [0xd1, 3],
  [0xd2, 5],
  [0xd3, 9],
])

// Where a value ends, without reading it (tags.ts has the format).

import { depthMax, partsFrom, smallIntegers, tag } from './tags.ts'

/** Of what cannot be told: it ends later, it is damaged, or to tell takes its reader. */
export const unknownEnd = -1

/** A longer length is damaged. */
const lengthBytesMax = 5

/** Of the length that was passed over last. */
let length = 0

/**
 * The end of the value that begins at `start`. If it is known, `decode` reads the value.
 *
 * @param end of `bytes`
 * @param depth how many values with parts are open around it
 */
export function valueEnd(bytes: Uint8Array, start: number, end: number, depth: number): number {
  const kind = start < end ? (bytes[start] as number) : tag.table
  if (kind < smallIntegers) return start + 1
  const known =
    kind < partsFrom ? leafEnd(kind, bytes, start + 1, end) : partsEnd(kind, bytes, start + 1, end, depth)
  return known <= end ? known : unknownEnd
}

function leafEnd(kind: number, bytes: Uint8Array, at: number, end: number): number {
  switch (kind) {
    case tag.string:
    case tag.utf16:
    case tag.bytes: {
      const behind = lengthEnd(bytes, at, end)
      return behind === unknownEnd ? unknownEnd : behind + length
    }
    case tag.int32:
      return at + 4
    case tag.float64:
    case tag.date:
      return at + 8
    case tag.bigint:
      return unknownEnd
    default:
      return at
  }
}

function partsEnd(kind: number, bytes: Uint8Array, start: number, end: number, depth: number): number {
  if (kind >= tag.table || depth >= depthMax) return unknownEnd
  let at = lengthEnd(bytes, start, end)
  const isKeyed = kind === tag.object || kind === tag.bare
  const parts = isKeyed || kind === tag.map ? 2 * length : length
  for (let part = 0; part < parts && at !== unknownEnd; part++) {
    if (isKeyed && part % 2 === 0 && !isString(bytes[at])) return unknownEnd
    at = valueEnd(bytes, at, end, depth + 1)
  }
  return at
}

function isString(kind: number | undefined): boolean {
  return kind === tag.string || kind === tag.utf16
}

/** Of a length itself. */
function lengthEnd(bytes: Uint8Array, start: number, end: number): number {
  length = 0
  for (let at = start, unit = 1; at < end && at < start + lengthBytesMax; at++, unit *= 0x80) {
    const byte = bytes[at] as number
    length += (byte & 0x7f) * unit
    if (byte < 0x80) return at + 1
  }
  return unknownEnd
}

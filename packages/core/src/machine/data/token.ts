// How long a token is: what cannot be read by halves, a value without parts, or the head of one with parts (tags.ts has
// the format).

import { partsFrom, smallIntegers, tag } from './tags.ts'

/** A longer length is damaged, which its reader sees from as many bytes. */
const lengthBytesMax = 5

/**
 * The bytes of the token at `start`, if its own up to `end` tell them: those of a string only once its length is there.
 * Else more than there are, and no more than it has.
 */
export function tokenBytes(bytes: Uint8Array, start: number, end: number): number {
  const kind = start < end ? (bytes[start] as number) : tag.null
  if (kind < smallIntegers) return 1
  if (kind === tag.string) return 1 + lengthAndBytes(bytes, start + 1, end)
  if (kind >= partsFrom) return kind > tag.bare ? 1 : 1 + lengthBytes(bytes, start + 1, end)
  return rareBytes(kind, bytes, start, end)
}

function rareBytes(kind: number, bytes: Uint8Array, start: number, end: number): number {
  switch (kind) {
    case tag.int32:
      return 5
    case tag.float64:
    case tag.date:
      return 9
    case tag.utf16:
    case tag.bytes:
      return 1 + lengthAndBytes(bytes, start + 1, end)
    case tag.bigint:
      return 1 + digitsBytes(bytes, start + 1, end)
    default:
      return 1
  }
}

/** What is no string is damaged, and its reader looks no further. */
function digitsBytes(bytes: Uint8Array, start: number, end: number): number {
  return start < end && bytes[start] === tag.string ? 1 + lengthAndBytes(bytes, start + 1, end) : 1
}

/** Of a length alone. */
function lengthBytes(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && at < start + lengthBytesMax - 1 && (bytes[at] as number) >= 0x80) at++
  return at + 1 - start
}

/** Of a length, and of what it is the length of. */
function lengthAndBytes(bytes: Uint8Array, start: number, end: number): number {
  const lengthEnd = Math.min(end, start + lengthBytesMax)
  let length = 0
  for (let at = start, unit = 1; at < lengthEnd; at++, unit *= 0x80) {
    const byte = bytes[at] as number
    length += (byte & 0x7f) * unit
    if (byte < 0x80) return at + 1 - start + length
  }
  return lengthBytes(bytes, start, end)
}

// Bytes to values (tags.ts has the format). Damaged bytes give an error, never a value of their own making.

import { beginsNoValue, checkDepth, malformed } from './malformed.ts'
import { ownKey, setOwn } from './own-property.ts'
import { Reader } from './reader.ts'
import { partsFrom, tag } from './tags.ts'

/**
 * A value equal to the one that `encode` was given.
 *
 * @throws {QuorateError} `Malformed`
 */
export function decode(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = read(reader)
  reader.finish()
  return value
}

/**
 * The next value.
 *
 * @param depth of what it is a part of
 * @throws {QuorateError} `Malformed`
 */
export function read(reader: Reader, depth = 0): unknown {
  const kind = reader.kind()
  return kind < partsFrom ? reader.leaf(kind) : readParts(kind, reader, depth + 1)
}

function readParts(kind: number, reader: Reader, depth: number): unknown {
  switch (kind) {
    case tag.object:
      return readObject({}, reader, depth)
    case tag.array:
      return readItems(reader, depth)
    case tag.set:
      return new Set(readItems(reader, depth))
    case tag.map:
      return readMap(reader, depth)
    case tag.bare:
      return readObject(Object.create(null), reader, depth)
    default:
      return beginsNoValue(kind)
  }
}

function readItems(reader: Reader, depth: number): unknown[] {
  const items: unknown[] = []
  for (let count = enter(reader, 1, depth); count > 0; count--) items.push(read(reader, depth))
  return items
}

function readMap(reader: Reader, depth: number): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>()
  for (let count = enter(reader, 2, depth); count > 0; count--)
    map.set(read(reader, depth), read(reader, depth))
  return map
}

function readObject(object: Record<string, unknown>, reader: Reader, depth: number): Record<string, unknown> {
  for (let count = enter(reader, 2, depth); count > 0; count--) {
    const key = ownKey(read(reader, depth))
    setOwn(object, key, read(reader, depth))
  }
  return object
}

/** No more items than there are bytes for: a damaged count must not fill the memory. */
function enter(reader: Reader, bytesPerItem: number, depth: number): number {
  checkDepth(depth)
  const count = reader.length()
  if (count * bytesPerItem > reader.left) malformed('a count is too high')
  return count
}

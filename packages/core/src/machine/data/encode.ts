// Values to bytes (tags.ts has the format). What cannot come back as it was is refused, and the error says where.

import { tag } from './tags.ts'
import { Writer } from './writer.ts'

const writer = new Writer()

/**
 * The bytes of `value`: null, undefined, booleans, numbers, bigints, strings, Date, Uint8Array, arrays, plain
 * objects, Map and Set, nested. Immer's drafts count as what they stand for.
 *
 * @throws {QuorateError} `Unserializable`: it holds something else, and where
 */
export function encode(value: unknown): Uint8Array {
  return encodeAll([value])
}

/** The bytes of several values, one after the other, behind `room` bytes that are left to the caller. */
export function encodeAll(values: readonly unknown[], room = 0): Uint8Array {
  writer.begin(room)
  writer.path.length = 0
  try {
    for (const value of values) write(value)
    return writer.taken()
  } finally {
    writer.release()
  }
}

function write(value: unknown): void {
  if (typeof value === 'object' && value !== null) writeObject(value)
  else writer.primitive(value)
}

function writeObject(value: object): void {
  writer.checkDepth()
  if (Array.isArray(value)) writeArray(value)
  else if (value instanceof Map) writeMap(value)
  else if (value instanceof Set) writeSet(value)
  else if (value instanceof Uint8Array) writer.bytes(value)
  else if (value instanceof Date) writer.date(value)
  else writePlainObject(value)
}

function writeArray(value: readonly unknown[]): void {
  writer.head(tag.array, value.length)
  for (let at = 0; at < value.length; at++) writeAt(at, writer.item(value, at))
}

function writeMap(value: ReadonlyMap<unknown, unknown>): void {
  writer.head(tag.map, value.size)
  for (const [key, item] of value) {
    writeAt(key, key)
    writeAt(key, item)
  }
}

function writeSet(value: ReadonlySet<unknown>): void {
  writer.head(tag.set, value.size)
  for (const item of value) writeAt(item, item)
}

function writePlainObject(value: object): void {
  for (const key of writer.objectHead(value)) {
    writer.string(key)
    writeAt(key, (value as Record<string, unknown>)[key])
  }
}

function writeAt(step: unknown, value: unknown): void {
  writer.path.push(step)
  write(value)
  writer.path.pop()
}

// Values to bytes (tags.ts has the format). What cannot come back as it was is refused, and the error says where.

import { QuorateError } from '../../errors.ts'
import { depthMax, smallIntegers, tag } from './tags.ts'

/** Strings up to this length are written by hand: cheaper than a call into the buffer. */
const shortString = 40

const loneSurrogate = /\p{Surrogate}/u

/** What is written stands in one buffer, which doubles, is used again, and is given up when it is larger than this. */
const keptBytesMax = 1 << 20
const firstBytes = 8192
let buffer: Buffer = Buffer.allocUnsafeSlow(firstBytes)
let position = 0
/** The keys that lead to the value at hand. */
const path: unknown[] = []

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
  position = room
  path.length = 0
  try {
    for (const value of values) write(value)
    return taken()
  } finally {
    if (buffer.length > keptBytesMax) buffer = Buffer.allocUnsafeSlow(firstBytes)
  }
}

/**
 * Short ones come from Node's pool: memory of its own costs as much as the rest of a small command. Long ones keep the
 * buffer, which is given up.
 */
function taken(): Uint8Array {
  if (buffer.length > keptBytesMax) return new Uint8Array(buffer.buffer, buffer.byteOffset, position)
  const bytes = Buffer.allocUnsafe(position)
  buffer.copy(bytes, 0, 0, position)
  return new Uint8Array(bytes.buffer, bytes.byteOffset, position)
}

function reserve(bytes: number): void {
  if (position + bytes <= buffer.length) return
  const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, position + bytes))
  buffer.copy(larger, 0, 0, position)
  buffer = larger
}

function write(value: unknown): void {
  reserve(16)
  if (typeof value === 'number') writeNumber(value)
  else if (typeof value === 'string') writeString(value)
  else if (typeof value === 'object' && value !== null) writeObject(value)
  else writeRare(value)
}

function writeRare(value: unknown): void {
  if (value === null) writeByte(tag.null)
  else if (value === undefined) writeByte(tag.undefined)
  else if (value === false) writeByte(tag.false)
  else if (value === true) writeByte(tag.true)
  else if (typeof value === 'bigint') writeBigint(value)
  else refuse(`a ${typeof value}`)
}

function writeBigint(value: bigint): void {
  writeByte(tag.bigint)
  writeString(value.toString())
}

function writeByte(byte: number): void {
  buffer[position++] = byte
}

function writeNumber(value: number): void {
  if ((value | 0) !== value || Object.is(value, -0)) {
    writeByte(tag.float64)
    position = buffer.writeDoubleLE(Number.isNaN(value) ? Number.NaN : value, position)
  } else if (value >= 0 && value < smallIntegers) {
    writeByte(value)
  } else {
    writeByte(tag.int32)
    position = buffer.writeInt32LE(value, position)
  }
}

/** Seven bits a byte, the lowest first. */
function writeLength(length: number): void {
  reserve(16)
  let rest = length
  while (rest >= 0x80) {
    writeByte((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  writeByte(rest)
}

function writeString(value: string): void {
  if (value.length > shortString || !writeShortAscii(value)) writeLongString(value)
}

function writeShortAscii(value: string): boolean {
  const start = position
  reserve(value.length + 16)
  writeByte(tag.string)
  writeByte(value.length)
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at)
    if (code >= 0x80) {
      position = start
      return false
    }
    buffer[position++] = code
  }
  return true
}

function writeLongString(value: string): void {
  const encoding = loneSurrogate.test(value) ? 'utf16le' : 'utf8'
  const bytes = Buffer.byteLength(value, encoding)
  writeByte(encoding === 'utf8' ? tag.string : tag.utf16)
  writeLength(bytes)
  reserve(bytes)
  position += buffer.write(value, position, bytes, encoding)
}

function writeObject(value: object): void {
  if (path.length >= depthMax) refuse(`nested deeper than ${depthMax} levels, perhaps in a circle`)
  if (Array.isArray(value)) writeArray(value)
  else if (value instanceof Map) writeMap(value)
  else if (value instanceof Set) writeSet(value)
  else if (value instanceof Uint8Array) writeBytes(value)
  else if (value instanceof Date) writeDate(value)
  else writePlainObject(value)
}

function writeArray(value: readonly unknown[]): void {
  writeByte(tag.array)
  writeLength(value.length)
  for (let at = 0; at < value.length; at++) {
    const item = value[at]
    if (item === undefined && !(at in value)) refuse(`an array with a hole at ${at}`)
    writeAt(at, item)
  }
}

function writeMap(value: ReadonlyMap<unknown, unknown>): void {
  writeByte(tag.map)
  writeLength(value.size)
  for (const [key, item] of value) {
    writeAt(key, key)
    writeAt(key, item)
  }
}

function writeSet(value: ReadonlySet<unknown>): void {
  writeByte(tag.set)
  writeLength(value.size)
  for (const item of value) writeAt(item, item)
}

function writeBytes(value: Uint8Array): void {
  writeByte(tag.bytes)
  writeLength(value.length)
  reserve(value.length)
  buffer.set(value, position)
  position += value.length
}

function writeDate(value: Date): void {
  writeByte(tag.date)
  position = buffer.writeDoubleLE(value.getTime(), position)
}

function writePlainObject(value: object): void {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) refuse(describeInstance(prototype))
  if (Object.getOwnPropertySymbols(value).length > 0) refuse('an object with symbols as keys')
  const keys = Object.keys(value)
  writeByte(prototype === null ? tag.bare : tag.object)
  writeLength(keys.length)
  for (const key of keys) {
    reserve(16)
    writeString(key)
    writeAt(key, (value as Record<string, unknown>)[key])
  }
}

function writeAt(step: unknown, value: unknown): void {
  path.push(step)
  write(value)
  path.pop()
}

function describeInstance(prototype: { constructor?: { name?: string } }): string {
  const name = prototype.constructor?.name
  return name === 'Promise' ? 'a promise' : `an instance of ${name ?? 'a class'}`
}

function refuse(what: string): never {
  const where = path.length === 0 ? 'The value itself' : `The value at ${describePath()}`
  throw new QuorateError(
    'Unserializable',
    `${where} is ${what}: only null, undefined, booleans, numbers, bigints, strings, Date, Uint8Array, arrays, ` +
      'plain objects, Map and Set can be sent and stored',
  )
}

function describePath(): string {
  const shown = path.length > 12 ? [...path.slice(0, 12), '…'] : path
  return shown.map((step) => (typeof step === 'string' ? `.${step}` : `[${describeStep(step)}]`)).join('')
}

function describeStep(step: unknown): string {
  return typeof step === 'object' || typeof step === 'function' ? typeof step : String(step)
}

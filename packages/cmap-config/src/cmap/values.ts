// CMAP's typed values and their bytes, in the byte order of this machine. Types: corosync/cmap.h, cmap_value_types_t.
// C would cut a number that does not fit; here it is refused.

import { CorosyncError } from '@quorate/corosync-ffi'

/** By type, what a key holds. The string has no NUL; the bytes of a `binary` belong to the receiver. */
export interface CmapValues {
  readonly int8: number
  readonly uint8: number
  readonly int16: number
  readonly uint16: number
  readonly int32: number
  readonly uint32: number
  readonly int64: bigint
  readonly uint64: bigint
  /** 32 bits. */
  readonly float: number
  readonly double: number
  /** UTF-8 by convention; what is none is read with replacement characters. */
  readonly string: string
  readonly binary: Uint8Array
}

/** The name of a type in corosync/cmap.h, as corosync-cmapctl shows it: `uint32` is CMAP_VALUETYPE_UINT32. */
export type CmapType = keyof CmapValues

/** What a key may be set to: any integer type takes a number or a bigint. */
export type CmapInput<Type extends CmapType> = CmapValues[Type] extends number | bigint
  ? Type extends 'float' | 'double'
    ? number
    : number | bigint
  : CmapValues[Type]

/** A value with its type. */
export type CmapValue = {
  readonly [Type in CmapType]: {
    readonly type: Type
    readonly value: CmapValues[Type]
    /** Bytes in CMAP; a string's NUL is among them. */
    readonly length: number
  }
}[CmapType]

/** Bytes of the longest value, and the NUL that a string has beyond them. */
export const valueBytesMax: number = 16_384 + 1

interface Codec {
  /** CMAP_VALUETYPE_*. */
  readonly number: number
  /** @throws {RangeError} the type cannot hold it */
  encode(value: never): Uint8Array
  decode(bytes: Uint8Array): unknown
}

type SmallIntegers = typeof Int8Array | typeof Uint8Array | typeof Int16Array | typeof Uint16Array
type Integers = SmallIntegers | typeof Int32Array | typeof Uint32Array

const bytesOf = ({ buffer }: { readonly buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(buffer)

/** The number in `bytes`, which need not be aligned. */
function read<T extends { readonly buffer: ArrayBufferLike }>(memory: T, bytes: Uint8Array): T {
  bytesOf(memory).set(bytes)
  return memory
}

function refuse(value: unknown, type: string): never {
  throw new RangeError(`CMAP's ${type} cannot hold ${String(value)}: choose a type with room for it.`)
}

const isInteger = (value: unknown): value is number | bigint =>
  typeof value === 'bigint' || Number.isInteger(value)

const integer = (number: number, type: string, Numbers: Integers): Codec => ({
  number,
  encode(value: number | bigint) {
    if (!isInteger(value)) refuse(value, type)
    const memory = Numbers.of(Number(value))
    return memory[0] === Number(value) ? bytesOf(memory) : refuse(value, type)
  },
  decode: (bytes) => read(new Numbers(1), bytes)[0],
})

const longInteger = (
  number: number,
  type: string,
  Numbers: typeof BigInt64Array | typeof BigUint64Array,
): Codec => ({
  number,
  encode(value: number | bigint) {
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) refuse(value, type)
    const memory = Numbers.of(BigInt(value))
    return memory[0] === BigInt(value) ? bytesOf(memory) : refuse(value, type)
  },
  decode: (bytes) => read(new Numbers(1), bytes)[0],
})

const real = (number: number, type: string, Numbers: typeof Float32Array | typeof Float64Array): Codec => ({
  number,
  encode(value: number) {
    const memory = Numbers.of(value)
    const overflows = Number.isFinite(value) && !Number.isFinite(memory[0])
    return typeof value === 'number' && !overflows ? bytesOf(memory) : refuse(value, type)
  },
  decode: (bytes) => read(new Numbers(1), bytes)[0],
})

/** Set without the NUL, as cmap_set_string(3) does: the daemon adds it. */
const text: Codec = {
  number: 11,
  encode(value: string) {
    if (value.includes('\0')) throw new RangeError('A string in CMAP ends at its first NUL: use binary.')
    return Buffer.from(value)
  },
  decode: (bytes) => Buffer.from(bytes.subarray(0, -1)).toString(),
}

/**
 * Written as a copy: a call may wait, and the caller use the memory again. Read as a copy: a Buffer, which
 * `deepStrictEqual` tells from the same bytes, may lie in memory of others.
 */
const binary: Codec = {
  number: 12,
  encode: (value: Uint8Array) => Uint8Array.from(value),
  decode: (bytes) => Uint8Array.from(bytes),
}

const codecs: Readonly<Record<CmapType, Codec>> = {
  int8: integer(1, 'int8', Int8Array),
  uint8: integer(2, 'uint8', Uint8Array),
  int16: integer(3, 'int16', Int16Array),
  uint16: integer(4, 'uint16', Uint16Array),
  int32: integer(5, 'int32', Int32Array),
  uint32: integer(6, 'uint32', Uint32Array),
  int64: longInteger(7, 'int64', BigInt64Array),
  uint64: longInteger(8, 'uint64', BigUint64Array),
  float: real(9, 'float', Float32Array),
  double: real(10, 'double', Float64Array),
  string: text,
  binary,
}

const types = new Map(Object.entries(codecs).map(([type, { number }]) => [number, type as CmapType]))

/** CMAP_VALUETYPE_* of a type. */
export function typeNumber(type: CmapType): number {
  return codecs[type].number
}

/**
 * The type of a CMAP_VALUETYPE_*.
 *
 * @throws {CorosyncError} `CS_ERR_NOT_SUPPORTED`: a type of a later corosync
 */
export function typeName(number: number, call: string): CmapType {
  const type = types.get(number)
  if (type !== undefined) return type
  const hint = `Corosync's value type ${number} is not known here: a later version of this package may know it.`
  throw new CorosyncError('CS_ERR_NOT_SUPPORTED', call, hint)
}

/** @throws {RangeError} the type cannot hold the value */
export function encodeValue<Type extends CmapType>(type: Type, value: CmapInput<Type>): Uint8Array {
  const { encode } = codecs[type] as { encode(value: CmapInput<Type>): Uint8Array }
  return encode(value)
}

/** `bytes` for libcmap, which refuses a null pointer, and koffi makes that of memory without bytes. */
export function withAddress(bytes: Uint8Array): Uint8Array {
  return bytes.length > 0 ? bytes : new Uint8Array(1)
}

/**
 * A value that stands in no map, as a map would have it.
 *
 * @throws {RangeError} the type cannot hold it, or it is longer than CMAP keeps
 */
export function makeValue<Type extends CmapType>(type: Type, value: CmapInput<Type>): CmapValue {
  const bytes = encodeValue(type, value)
  if (bytes.length >= valueBytesMax)
    throw new RangeError(`A value of ${bytes.length} bytes; CMAP keeps up to ${valueBytesMax - 1}.`)
  return decodeValue(type, type === 'string' ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes)
}

/** What `bytes` of this type say. They belong to the value from now on. */
export function decodeValue(type: CmapType, bytes: Uint8Array): CmapValue {
  return { type, value: codecs[type].decode(bytes), length: bytes.length } as CmapValue
}

/**
 * The bare value of the key `key`, which is said to be of `type`.
 *
 * @throws {CorosyncError} `CS_ERR_INVALID_PARAM`: it is of another type
 */
export function bareValue<Type extends CmapType>(
  found: CmapValue,
  type: Type,
  key: string,
): CmapValues[Type] {
  if (found.type === type) return found.value as CmapValues[Type]
  const hint = `"${key}" is of the type ${found.type}, and was asked for as ${type}.`
  throw new CorosyncError('CS_ERR_INVALID_PARAM', 'cmap_get', hint)
}

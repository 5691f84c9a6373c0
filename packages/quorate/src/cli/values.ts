// A state, or a command's input, as JSON and as text: what JSON has no form for stands there under a name with a dollar
// sign, and in text as `util.inspect` shows it.

import { type InspectOptions, inspect } from 'node:util'

interface TableLike extends Iterable<readonly [string, unknown]> {
  readonly size: number
}

/** A machine's file may bring a copy of `@quorate/core` of its own, and so a class of its own. */
function isTable(value: object): value is TableLike {
  return value.constructor?.name === 'Table' && 'range' in value && Symbol.iterator in value
}

/** What `JSON.stringify` takes without loss. */
export function asJson(value: unknown): unknown {
  if (typeof value === 'number')
    return isPlainNumber(value) ? value : { $number: String(Object.is(value, -0) ? '-0' : value) }
  if (typeof value === 'bigint') return { $bigint: String(value) }
  if (value === undefined) return { $undefined: true }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(asJson)
  if (value instanceof Uint8Array) return { $bytes: hex(value) }
  if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? null : value.toISOString() }
  if (value instanceof Map) return { $map: [...value].map((pair) => pair.map(asJson)) }
  if (value instanceof Set) return { $set: [...value].map(asJson) }
  if (isTable(value)) return { $table: [...value].map(([key, each]) => [key, asJson(each)]) }
  const object = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asJson(each)]))
  return Object.keys(object).some((key) => key.startsWith('$')) ? { $object: object } : object
}

const isPlainNumber = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0)

const whole: InspectOptions = {
  ...{ depth: null, maxArrayLength: null, maxStringLength: null, breakLength: 110, compact: 3 },
}

/** JSON where it says all, else as Node shows values. */
export function asText(value: unknown): string {
  return isPlain(value)
    ? JSON.stringify(value, null, 2)
    : inspect(shown(value, Number.POSITIVE_INFINITY), whole)
}

/** On one line, and not too long. */
export function asBrief(value: unknown): string {
  const [maxArrayLength, maxStringLength] = [20, 200]
  return inspect(shown(value, maxStringLength / 2), {
    depth: 5,
    breakLength: Number.POSITIVE_INFINITY,
    maxArrayLength,
    maxStringLength,
  })
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return isPlainNumber(value)
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true
  if (Array.isArray(value)) return value.every(isPlain)
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false
  return Object.values(value).every(isPlain)
}

/** With tables as maps, and bytes in hexadecimal, of each the first `bytesMax`. */
function shown(value: unknown, bytesMax: number): unknown {
  const inner = (each: unknown): unknown => shown(each, bytesMax)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (Array.isArray(value)) return value.map(inner)
  if (value instanceof Uint8Array) return { [inspect.custom]: () => bytesText(value, bytesMax) }
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [inner(key), inner(each)]))
  if (value instanceof Set) return new Set([...value].map(inner))
  if (isTable(value)) return new Map([...value].map(([key, each]) => [key, inner(each)]))
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inner(each)]))
}

function bytesText(value: Uint8Array, bytesMax: number): string {
  const cut = value.length > bytesMax ? '…' : ''
  return `bytes(${value.length}) ${hex(value.subarray(0, bytesMax))}${cut}`
}

const hex = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('hex')

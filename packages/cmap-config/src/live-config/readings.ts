// What a value of the map may be read as. Files know only text, and CMAP has no booleans, so the schema decides: a value
// is first taken as it stands; where the schema refuses it, what its text says is tried, one reading after the other.

import type { CmapValue } from '../cmap/values.ts'

/** By path below the prefix, such as `limits.batchMax`, what the value is read as. */
export type Readings = ReadonlyMap<string, unknown>

/** As it stands: a bigint is a number where that is the same. */
export function firstReading({ value }: CmapValue): unknown {
  return typeof value === 'bigint' && isSafe(value) ? Number(value) : value
}

/**
 * What else the text of a value says, in this order: a number, a bigint, a boolean (`yes`, `true`, `on` and `1`, or
 * `no`, `false`, `off` and `0`), and the text itself. None of bytes.
 */
export function otherReadings(value: unknown): unknown[] {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return []
  const text = `${value}`.trim().toLowerCase()
  const readings = [asNumber(text), asBigint(text), booleans.get(text), `${value}`]
  return readings.filter((reading) => reading !== undefined && reading !== value)
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'true', 'on', '1'].map((text) => [text, true] as const),
  ...['no', 'false', 'off', '0'].map((text) => [text, false] as const),
])

/** Not where digits would be lost: then it is a bigint or nothing. */
function asNumber(text: string): number | undefined {
  const whole = asBigint(text)
  if (whole !== undefined) return isSafe(whole) ? Number(whole) : undefined
  const isDecimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(text)
  return isDecimal && Number.isFinite(Number(text)) ? Number(text) : undefined
}

function asBigint(text: string): bigint | undefined {
  return /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined
}

function isSafe(whole: bigint): boolean {
  return whole >= Number.MIN_SAFE_INTEGER && whole <= Number.MAX_SAFE_INTEGER
}

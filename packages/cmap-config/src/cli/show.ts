// What is printed: for people `key = type value` and `key: old → new`, for programs one JSON object on each line.

import type { CmapValue } from '../cmap/values.ts'
import type { CmapChanges, CmapDifference, CmapEntry } from '../config-map.ts'

/** How entries and changes become lines. */
export interface Show {
  entry(entry: CmapEntry): string
  changes(changes: CmapChanges): string
}

export const text: Show = {
  entry: ({ key, ...value }) => `${key} = ${described(value)}`,
  changes({ cause, differences }) {
    const lines = differences.map(differenceLine)
    if (cause === 'set') return lines.join('\n')
    const keys = `${differences.length} ${differences.length === 1 ? 'key' : 'keys'}`
    return [`${cause}: ${keys}`, ...lines.map((line) => `  ${line}`)].join('\n')
  },
}

export const json: Show = {
  entry: ({ key, ...value }) => JSON.stringify({ key, ...plain(value) }),
  changes: ({ cause, differences }) =>
    JSON.stringify({
      cause,
      differences: differences.map(({ key, oldValue, value }) => ({
        key,
        oldValue: oldValue === undefined ? null : plain(oldValue),
        value: value === undefined ? null : plain(value),
      })),
    }),
}

function differenceLine({ key, oldValue, value }: CmapDifference): string {
  return `${key}: ${described(oldValue)} → ${described(value)}`
}

/** A string is quoted: it may be empty, or hold what a terminal obeys. */
function described(value: CmapValue | undefined): string {
  if (value === undefined) return '(none)'
  const shown = value.type === 'string' ? JSON.stringify(value.value) : plain(value).value
  return `${value.type} ${shown}`
}

/** JSON has neither bigints nor bytes, and of numbers only those that are finite. */
function plain({ type, value }: CmapValue): { type: string; value: string | number } {
  if (typeof value === 'bigint') return { type, value: String(value) }
  if (value instanceof Uint8Array) return { type, value: Buffer.from(value).toString('hex') }
  return { type, value: typeof value === 'number' && !Number.isFinite(value) ? String(value) : value }
}

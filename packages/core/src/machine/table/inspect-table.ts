// What `console.log` and `util.inspect` show of a table: the first entries, for there may be a million.

import type { InspectOptions } from 'node:util'

export type { InspectOptions }

/** As Node gives it to what shows itself. */
export type Inspect = (value: unknown, options: InspectOptions) => string

/** Under this name Node looks for a function that shows an object. */
export const inspected: unique symbol = Symbol.for('nodejs.util.inspect.custom')

interface Inspected {
  readonly size: number
  range(part: { limit: number | undefined }): Iterable<[string, unknown]>
}

/** @param depth to which its values are shown; `null`: all */
export function inspectTable(
  table: Inspected,
  depth: number | null,
  options: InspectOptions,
  inspect: Inspect,
): string {
  if (depth !== null && depth < 0) return '[Table]'
  const shown = new Map(table.range({ limit: limitOf(options.maxArrayLength) }))
  const text = inspect(shown, { ...options, depth })
  const more = table.size - shown.size
  return `Table(${table.size}) ${text.slice(text.indexOf('{'))}${more > 0 ? ` and ${more} more` : ''}`
}

/** Node takes any number, and `null` for all. */
function limitOf(maxArrayLength: number | null = 100): number | undefined {
  return Number.isFinite(maxArrayLength) ? Math.max(0, Math.trunc(maxArrayLength as number)) : undefined
}

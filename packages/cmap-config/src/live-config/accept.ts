// One look at the configuration: what the schema makes of it. A value that it refuses gives way to the last good value
// of its key, and where there is none, to the schema's default; if the schema takes that no more than the other, nothing
// of the look is used.

import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isBelow, levelsOf } from './nest.ts'
import { type Refusals, readAs } from './read-as.ts'
import type { Readings } from './readings.ts'

/** What a look has given. */
export interface Accepted<T> {
  readonly value: T
  /** As the schema took them. */
  readonly readings: Readings
}

export interface Verdict<T> {
  /** `null`: nothing can be used. */
  readonly accepted: Accepted<T> | null
  readonly refusals: Refusals
}

/** @param last what was used before; `null`: nothing yet */
export async function accept<T>(
  schema: StandardSchemaV1<unknown, T>,
  found: Readings,
  last: Readings | null,
): Promise<Verdict<T>> {
  const refusals = new Map(hidden(found))
  const used = without(found, [...refusals.keys()])
  for (;;) {
    const attempt = await readAs(schema, used)
    if (attempt.refusals === null) return { accepted: attempt, refusals }
    const fresh = [...attempt.refusals].filter(([path]) => !refusals.has(path))
    for (const [path, reason] of fresh) refusals.set(path, reason)
    if (fresh.length === 0 || refusals.has('')) return { accepted: null, refusals }
    for (const [path] of fresh) fallBack(used, path, last)
  }
}

/** Values where others have a level. */
function hidden(found: Readings): [string, string][] {
  const levels = levelsOf(found.keys())
  const names = [...found.keys()].filter((path) => levels.has(path))
  return names.map((path) => [path, `it cannot have a value, since ${levels.get(path)} is below it`])
}

function without(found: Readings, paths: readonly string[]): Map<string, unknown> {
  return new Map([...found].filter(([path]) => !paths.includes(path)))
}

/** A value, or all of a level, is as it was used last. */
function fallBack(used: Map<string, unknown>, path: string, last: Readings | null): void {
  const concerned = (other: string): boolean => other === path || isBelow(other, path)
  for (const other of [...used.keys()].filter(concerned)) used.delete(other)
  for (const [other, reading] of last ?? []) if (concerned(other)) used.set(other, reading)
}

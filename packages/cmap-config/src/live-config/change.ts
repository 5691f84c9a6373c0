// A change of the configuration, as readers are told.

import { isDeepStrictEqual } from 'node:util'
import { leastTelling } from '../changes/join.ts'
import type { CmapChanges } from '../config-map.ts'
import type { Readings } from './readings.ts'

/**
 * A key whose value is read otherwise than before: also one that the schema passes over, where it changed together with
 * one that it does not.
 */
export interface ConfigDifference {
  /** In full, as the map has it. */
  readonly key: string
  /** As the schema took it; `undefined`: it is gone, and the schema's default holds. */
  readonly value: unknown
  /** `undefined`: it is new. */
  readonly oldValue: unknown
}

/** What changed at once. */
export interface ConfigChange<T> {
  readonly cause: CmapChanges['cause']
  /** The whole, as it is now. */
  readonly value: T
  /** The whole, as it was. */
  readonly oldValue: T
  readonly differences: readonly ConfigDifference[]
}

export function differencesOf(prefix: string, before: Readings, now: Readings): ConfigDifference[] {
  const paths = [...new Set([...before.keys(), ...now.keys()])]
  return paths
    .map((path) => ({ key: prefix + path, value: now.get(path), oldValue: before.get(path) }))
    .filter(({ value, oldValue }) => !isDeepStrictEqual(value, oldValue))
}

/** Both as one, for a reader who is slow: from the older's beginning to the newer's end; `null`: these are the same. */
export function joinConfigChanges<T>(older: ConfigChange<T>, newer: ConfigChange<T>): ConfigChange<T> | null {
  if (isDeepStrictEqual(older.oldValue, newer.value)) return null
  const joined = new Map(older.differences.map((difference) => [difference.key, difference]))
  for (const { key, value, oldValue } of newer.differences) {
    const first = joined.get(key)
    joined.set(key, { key, value, oldValue: first === undefined ? oldValue : first.oldValue })
  }
  const differences = [...joined.values()].filter(
    ({ value, oldValue }) => !isDeepStrictEqual(value, oldValue),
  )
  const cause = leastTelling([older.cause, newer.cause])
  return { cause, value: newer.value, oldValue: older.oldValue, differences }
}

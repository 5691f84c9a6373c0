// Where two configurations differ, key by key.

import { isDeepStrictEqual } from 'node:util'

/** A key whose own value is another than the replicated one. */
export interface ReplicatedDifference {
  /** In full, as the map would have it. */
  readonly key: string
  /** Of this node; `undefined`: it has none. */
  readonly own: unknown
  /** Of the group; `undefined`: it has none. */
  readonly replicated: unknown
}

/** What is not there and what is `undefined` are the same. */
export function compare(prefix: string, own: unknown, replicated: unknown): ReplicatedDifference[] {
  if (!isLevel(own) || !isLevel(replicated) || Array.isArray(own) !== Array.isArray(replicated))
    return isSame(own, replicated) ? [] : [{ key: nameOf(prefix), own, replicated }]
  const names = [...new Set([...Object.keys(own), ...Object.keys(replicated)])]
  return names.flatMap((name) => compare(`${prefix}${name}.`, own[name], replicated[name]))
}

/** Of bytes only what they are: a Buffer comes out of the log as a Uint8Array. */
function isSame(own: unknown, replicated: unknown): boolean {
  const areBytes = own instanceof Uint8Array && replicated instanceof Uint8Array
  return areBytes ? Buffer.compare(own, replicated) === 0 : isDeepStrictEqual(own, replicated)
}

const nameOf = (prefix: string): string => prefix.replace(/\.$/, '')

function isLevel(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === null || prototype === Object.prototype
}

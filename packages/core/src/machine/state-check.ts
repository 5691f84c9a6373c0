// Whether a state comes back from a snapshot as it is. Replicas that applied a command and replicas that got a snapshot
// behind it must not differ, also where no digest shows it: a Buffer, say, comes back as a Uint8Array. Only what is new
// is looked at: what did not change is the same object as before. What comes back belongs to the state: see
// leaf-watch.ts.

import { isDeepStrictEqual } from 'node:util'
import { messageOf, QuorateError } from '../errors.ts'
import { decode } from './data/decode.ts'
import { encode } from './data/encode.ts'
import { keepLeaves } from './leaf-watch.ts'
import { Table } from './table/table.ts'

type Parts = ReadonlyMap<unknown, unknown>

/**
 * @param before a state that comes back
 * @throws {QuorateError} `Unserializable`: where and why `state` does not
 */
export function checkState(state: object, before: object): void {
  check(state, before, [])
}

function check(value: unknown, before: unknown, path: readonly unknown[]): void {
  // Of a table at the top level, state-tables.ts has seen to it; it is anywhere else that it would not come back.
  if (Object.is(value, before) || (path.length === 1 && value instanceof Table)) return
  const parts = partsOf(value)
  const partsBefore = partsOf(before)
  if (parts === null || partsBefore === null) checkWhole(value, path)
  else {
    checkShell(value as object, path)
    checkParts(parts, partsBefore, path)
  }
}

function checkParts(parts: Parts, before: Parts, path: readonly unknown[]): void {
  for (const [key, part] of parts) {
    if (!before.has(key)) checkWhole(key, path)
    check(part, before.get(key), [...path, key])
  }
}

/** What immer shares the parts of; `null`: something else. */
function partsOf(value: unknown): Parts | null {
  if (typeof value !== 'object' || value === null) return null
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Map.prototype) return value as Parts
  if (Array.isArray(value)) return new Map(value.entries())
  return prototype === Object.prototype || prototype === null ? new Map(Object.entries(value)) : null
}

/** What its parts do not tell. */
function checkShell(value: object, path: readonly unknown[]): void {
  if (Object.getOwnPropertySymbols(value).length > 0) refuse(path, 'it has symbols as keys')
  if (Array.isArray(value) && Object.keys(value).length !== value.length)
    refuse(path, 'it has holes: remove items with splice, or put null in their places')
}

function checkWhole(value: unknown, path: readonly unknown[]): void {
  if (!isDeepStrictEqual(copyOf(value, path), value))
    refuse(
      path,
      'it holds an instance of another class, such as Buffer for Uint8Array, or more than its parts',
    )
  keepLeaves(value)
}

function copyOf(value: unknown, path: readonly unknown[]): unknown {
  try {
    return decode(encode(value))
  } catch (cause) {
    return refuse(path, messageOf(cause), cause)
  }
}

function refuse(path: readonly unknown[], why: string, cause?: unknown): never {
  const where = path.map((key) => (typeof key === 'string' ? `.${key}` : `[${messageOf(key)}]`)).join('')
  throw new QuorateError(
    'Unserializable',
    `state${where} would not come back from a snapshot as it is, and replicas would diverge: ${why}`,
    { cause },
  )
}

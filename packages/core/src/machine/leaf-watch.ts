// Dates and bytes of a state. Nothing freezes them, and what a reducer writes into one, no rejection takes back: it stays
// where the command is undone, and is done twice where a batch runs again. So, guarded, what a reducer gets to see of
// them is copied first and compared once it has ended, however it was written into. Immer asks each value that it hands
// out whether it is `immerable`; there they are seen. Tables say themselves what they hand out. Not seen is what is reached
// past the draft, by immer's original().

import { immerable } from 'immer'

type Leaf = Date | Uint8Array

/** Of finished states. What a reducer has made itself it may write into. */
const kept = new WeakSet<object>()
/** What the reducer that runs got to see, and what each was; `null`: none runs. */
let seen: Map<Leaf, Leaf> | null = null
let isWatching = false

/** From now on, the leaves of `value` are a state's. */
export function keepLeaves(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (isLeaf(value)) kept.add(value)
  else for (const part of partsOf(value)) keepLeaves(part)
}

/** A reducer, if one runs and is watched, gets to see `value`, which is a state's. */
export function lendLeaves(value: unknown): void {
  if (seen === null || typeof value !== 'object' || value === null) return
  if (!isLeaf(value)) for (const part of partsOf(value)) lendLeaves(part)
  else if (!seen.has(value)) seen.set(value, copyOf(value))
}

/**
 * Runs a reducer; leaves of states that it wrote into are put back.
 *
 * @throws {TypeError} there are such; also instead of what the reducer throws
 */
export function watchLeaves<T>(reducer: () => T): T {
  if (!isWatching) watch()
  const lent = new Map<Leaf, Leaf>()
  seen = lent
  try {
    return reducer()
  } finally {
    seen = null
    checkLeaves(lent)
  }
}

/** Stands from then on: to define it and delete it for each entry takes longer than all other traps. */
function watch(): void {
  isWatching = true
  for (const prototype of [Date.prototype, Uint8Array.prototype])
    Object.defineProperty(prototype, immerable, {
      get(this: Leaf) {
        if (seen !== null && kept.has(this) && !seen.has(this)) seen.set(this, copyOf(this))
        return undefined
      },
      configurable: true,
    })
}

function checkLeaves(lent: ReadonlyMap<Leaf, Leaf>): void {
  const written = [...lent].filter(([leaf, before]) => !isSame(leaf, before))
  for (const [leaf, before] of written) putBack(leaf, before)
  const [first] = written
  if (first === undefined) return
  const isDate = first[0] instanceof Date
  throw new TypeError(
    `A ${isDate ? 'Date' : 'Uint8Array'} of the state was written into, which cannot be undone when a command is ` +
      `rejected or run again. Put a new one in its place: ` +
      (isDate
        ? 'state.at = new Date(timeMs)'
        : 'copy it by new Uint8Array(state.bytes), and write into that'),
  )
}

function isLeaf(value: object): value is Leaf {
  return value instanceof Date || value instanceof Uint8Array
}

function copyOf(leaf: Leaf): Leaf {
  return leaf instanceof Date ? new Date(leaf.getTime()) : new Uint8Array(leaf)
}

function isSame(leaf: Leaf, before: Leaf): boolean {
  if (leaf instanceof Date) return Object.is(leaf.getTime(), (before as Date).getTime())
  return Buffer.compare(leaf, before as Uint8Array) === 0
}

function putBack(leaf: Leaf, before: Leaf): void {
  if (leaf instanceof Date) leaf.setTime((before as Date).getTime())
  else leaf.set(before as Uint8Array)
}

function partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value.keys(), ...value.values()]
  return Array.isArray(value) || value instanceof Set ? value : Object.values(value)
}

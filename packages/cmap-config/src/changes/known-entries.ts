// What a tracking knows of its keys: what it told last, and what has changed since. Several changes of a key become one
// difference, from the value told last to the newest; a key that ends as it was told is none.
//
// The daemon tells changes and answers reads on ways of their own: a change that came before a read may be told after it.
// Yet the changes of one key form a chain, in which each begins with the value that the one before ended with. So a
// change counts when it begins with the value that is known; one that does not, led to it.

import type { CmapChange } from '../cmap/tracking.ts'
import type { CmapValue } from '../cmap/values.ts'
import type { CmapDifference, CmapEntry } from '../config-map.ts'
import { sameValue } from './same.ts'

type Change = Pick<CmapChange, 'event' | 'key' | 'value' | 'oldValue'>

/** The keys of one tracking. Made without entries: those come with the first `settle`. */
export class KnownEntries {
  readonly #told = new Map<string, CmapValue>()
  /** Of the keys that changed since they were told. */
  readonly #newest = new Map<string, CmapValue | undefined>()
  /** What came before the entries were read; `undefined` once they are. */
  #held: Change[] | undefined = []

  /** What was told last, by name. */
  get entries(): CmapEntry[] {
    return [...this.#told].map(([key, value]) => ({ key, ...value })).sort(byKey)
  }

  /** What was told last of one key. */
  get(key: string): CmapValue | undefined {
    return this.#told.get(key)
  }

  /** A change, in the order of the map. */
  take(change: Change): void {
    if (this.#held === undefined) this.#apply(change)
    else this.#held.push(change)
  }

  /** From now on changes are held, until the entries have been read anew. What was not told yet is forgotten. */
  interrupt(): void {
    this.#newest.clear()
    this.#held = []
  }

  /** All entries, read after tracking had begun. */
  settle(entries: readonly CmapEntry[]): void {
    for (const key of this.#told.keys()) this.#newest.set(key, undefined)
    for (const { key, ...value } of entries) this.#newest.set(key, value)
    const held = this.#held ?? []
    this.#held = undefined
    for (const change of held) this.#apply(change)
  }

  /** What is to be told, by name, which from now on is told. */
  flush(): CmapDifference[] {
    const differences = [...this.#newest].flatMap(([key, value]) => {
      const oldValue = this.#told.get(key)
      return sameValue(value, oldValue) ? [] : [{ key, value, oldValue }]
    })
    this.#newest.clear()
    for (const { key, value } of differences) {
      if (value === undefined) this.#told.delete(key)
      else this.#told.set(key, value)
    }
    return differences.sort(byKey)
  }

  #apply(change: Change): void {
    const { event, key, value } = change
    if (tellsOldValue(change) && !sameValue(change.oldValue, this.#known(key))) return
    this.#newest.set(key, event === 'DELETE' ? undefined : value)
  }

  #known(key: string): CmapValue | undefined {
    return this.#newest.has(key) ? this.#newest.get(key) : this.#told.get(key)
  }
}

/** Not so for a number that corosync counts up in place, nor in the statistics map, which says the new value twice. */
function tellsOldValue({ event, value, oldValue }: Change): boolean {
  return !sameValue(value, oldValue) && (event === 'ADD' || oldValue !== undefined)
}

/** By the code units of their names. */
function byKey(one: { readonly key: string }, other: { readonly key: string }): number {
  return one.key < other.key ? -1 : 1
}

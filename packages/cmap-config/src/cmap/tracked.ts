// One tracking of a `Cmap`, through all lives of the daemon: tracked first, then read, so that no change is missing; after
// a life that ended, compared with what was told.

import { deliver } from '../changes/deliver.ts'
import { KnownEntries } from '../changes/known-entries.ts'
import type { CmapChanges, CmapEntry, CmapKeys } from '../config-map.ts'
import type { Tracker } from './reloads.ts'

/** What is needed of a session's `Reloads`. */
export interface ReloadTracker extends Tracker {
  readonly underWay: boolean
}

/** Tells a handler what changes, as long as `begin` or `resume` was called for the present session. */
export class Tracked {
  readonly #keys: CmapKeys
  readonly #handler: (changes: CmapChanges) => void
  readonly #known = new KnownEntries()
  /** Ends it in the present session. */
  #untrack: (() => void) | undefined
  /** What is to be told next comes from the comparison. */
  #reconnected = false
  #stopped = false

  constructor(keys: CmapKeys, handler: (changes: CmapChanges) => void) {
    this.#keys = keys
    this.#handler = handler
  }

  /** In the first session. What was there at first; the handler is called on a later turn of the event loop. */
  async begin(tracker: ReloadTracker): Promise<CmapEntry[]> {
    await this.#track(tracker)
    this.#known.settle(await tracker.entries(this.#keys))
    this.#known.flush()
    return this.#known.entries
  }

  /** In the next session: tells what changed meanwhile; in the midst of a reload, when that ends. */
  async resume(tracker: ReloadTracker): Promise<void> {
    this.#known.interrupt()
    await this.#track(tracker)
    this.#known.settle(await tracker.entries(this.#keys))
    this.#reconnected = true
    if (!tracker.underWay) this.tell('reconnect')
  }

  /** What changed since it was told last. */
  tell(cause: CmapChanges['cause']): void {
    const changes = {
      cause: this.#reconnected ? 'reconnect' : cause,
      differences: this.#known.flush(),
    } as const
    this.#reconnected = false
    if (changes.differences.length > 0 && !this.#stopped) deliver(this.#handler, changes)
  }

  stop(): void {
    this.#stopped = true
    this.#untrack?.()
  }

  async #track(tracker: ReloadTracker): Promise<void> {
    this.#untrack = await tracker.track(this.#keys, (change) => {
      this.#known.take(change)
      if (!tracker.underWay) this.tell('set')
    })
    if (this.#stopped) this.#untrack()
  }
}

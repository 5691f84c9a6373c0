// While corosync reads its file again (corosync-cfgtool -R), `config.reload_in_progress` is 1: all that changes meanwhile
// belongs together. The daemon tells the trackings of one connection in any order, so this key goes to all of them from
// here: at first as the reload begins, and before it ends.

import { covers } from '../changes/covers.ts'
import { KnownEntries } from '../changes/known-entries.ts'
import type { CmapEntry, CmapKeys } from '../config-map.ts'
import type { CmapChange, CmapChangeHandler } from './tracking.ts'

const reloadKey = 'config.reload_in_progress'

/** What is needed of a `CmapSession`. */
export interface Tracker {
  track(keys: CmapKeys, handler: CmapChangeHandler): Promise<() => void>
  entries(keys: CmapKeys): Promise<CmapEntry[]>
}

/** The reloads of one session, and the trackings that they are to be told apart for. */
export class Reloads implements Tracker {
  readonly #session: Tracker
  readonly #onEnd: () => void
  readonly #known = new KnownEntries()
  /** Trackings of the key itself. */
  readonly #followers = new Set<CmapChangeHandler>()
  #underWay = false

  /** Until `follow` is called, no reload is seen. */
  constructor(session: Tracker, onEnd: () => void) {
    this.#session = session
    this.#onEnd = onEnd
  }

  /** Whether what changes now is part of a reload. */
  get underWay(): boolean {
    return this.#underWay
  }

  /** Sees reloads from now on, also one that is under way. */
  async follow(): Promise<void> {
    await this.#session.track({ key: reloadKey }, (change) => this.#take(change))
    this.#known.settle(await this.#session.entries({ key: reloadKey }))
    this.#underWay = this.#isOne()
  }

  entries(keys: CmapKeys): Promise<CmapEntry[]> {
    return this.#session.entries(keys)
  }

  async track(keys: CmapKeys, handler: CmapChangeHandler): Promise<() => void> {
    const stop = await this.#session.track(keys, (change) => {
      if (change.key !== reloadKey) handler(change)
    })
    if (covers(keys, reloadKey)) this.#followers.add(handler)
    return () => {
      this.#followers.delete(handler)
      stop()
    }
  }

  #take(change: CmapChange): void {
    this.#known.take(change)
    const underWay = this.#isOne()
    const ends = this.#underWay && !underWay
    if (underWay) this.#underWay = true
    for (const follower of this.#followers) follower(change)
    if (!ends) return
    this.#underWay = false
    this.#onEnd()
  }

  #isOne(): boolean {
    this.#known.flush()
    return this.#known.entries[0]?.value === 1
  }
}

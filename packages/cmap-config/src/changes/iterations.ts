// `changes` of a map, on its `track`: the iterators that are open, which end with the map.

import type { ChangesOptions, CmapChanges, CmapKeys, ConfigMap, Tracking } from '../config-map.ts'
import { UnreadChanges } from './unread.ts'

const defaultUnreadMax = 1024

/** Of one map. */
export class Iterations {
  readonly #map: Pick<ConfigMap, 'track'>
  /** By what ends each. */
  readonly #open = new Set<() => Promise<void>>()

  constructor(map: Pick<ConfigMap, 'track'>) {
    this.#map = map
  }

  /** Tracks from now on. */
  begin(keys: CmapKeys, options: ChangesOptions = {}): AsyncIterableIterator<CmapChanges> {
    const { signal, unreadMax = defaultUnreadMax } = options
    const unread = new UnreadChanges(unreadMax)
    const tracking = this.#map.track(keys, (changes) => unread.push(changes))
    const end = (): Promise<void> => {
      signal?.removeEventListener('abort', end)
      this.#open.delete(end)
      unread.end()
      return stopped(tracking)
    }
    this.#open.add(end)
    signal?.addEventListener('abort', end)
    tracking.catch((error) => {
      unread.fail(error)
      return end()
    })
    if (signal?.aborted === true) void end()
    return iterator(unread, end)
  }

  /** Ends all. */
  async end(): Promise<void> {
    await Promise.all([...this.#open].map((end) => end()))
  }
}

/** What could not begin has told so to the reader. */
function stopped(tracking: Promise<Tracking>): Promise<void> {
  return tracking.then(
    (begun) => begun.stop(),
    () => undefined,
  )
}

function iterator(unread: UnreadChanges, end: () => Promise<void>): AsyncIterableIterator<CmapChanges> {
  return {
    next: () => unread.next(),
    async return() {
      await end()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

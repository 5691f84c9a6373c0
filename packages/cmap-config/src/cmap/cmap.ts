// The configuration map of this node's corosync as applications use it: it outlives the daemon, and never holds the event
// loop. What goes on underneath: session.ts (calls), reloads.ts, tracked.ts, reconnecting.ts.

import { deliver } from '../changes/deliver.ts'
import { Iterations } from '../changes/iterations.ts'
import type { ChangesOptions, CmapChanges, CmapEntry, CmapKeys, ConfigMap, Tracking } from '../config-map.ts'
import { endedError } from './ended-error.ts'
import type { CmapMap } from './open-connection.ts'
import { Reconnecting } from './reconnecting.ts'
import { Reloads } from './reloads.ts'
import { CmapSession } from './session.ts'
import { Tracked } from './tracked.ts'
import { bareValue, type CmapInput, type CmapType, type CmapValue, type CmapValues } from './values.ts'

/** How to open a map, and what it reports by itself. */
export interface CmapOptions {
  /** `'icmap'` unless told: the configuration. `'stats'`: counters of the daemon, read-only. */
  readonly map?: CmapMap
  /**
   * The daemon is gone, or cannot be connected to again: calls fail until `up`. Told once for each kind of failure;
   * attempts go on, with pauses of 0.1 to 5 seconds.
   */
  down?(error: Error): void
  /** The daemon is back, and what changed meanwhile has been told. */
  up?(): void
}

/** A session and what is followed in it. */
interface Life {
  readonly session: CmapSession
  readonly reloads: Reloads
  close(): Promise<void>
}

/**
 * The map of this node's corosync, which is local to the node. Every failure is a `CorosyncError` that says what to do;
 * a `RangeError` is a mistake in the call.
 *
 * Calls wait on a thread, one after the other: a daemon that hangs holds them, not the event loop, until `close`. While the
 * daemon is away they fail at once with `CS_ERR_LIBRARY`; whether a change that was under way was made is not known then.
 * Trackings go on in the daemon's next life: what changed meanwhile is told as one set, `reconnect`.
 *
 * A reload of corosync.conf (corosync-cfgtool -R) is told as one set, `reload`; every other change by itself, `set`.
 *
 * @example
 * const cmap = await Cmap.open()
 * await cmap.get('totem.token', 'uint32') // 1000
 * await cmap.set('service.limit', 'uint64', 5n)
 * const { entries } = await cmap.track({ prefix: 'service.' }, ({ cause, differences }) => console.log(cause, differences))
 */
export class Cmap implements ConfigMap {
  readonly #lives: Reconnecting<Life>
  readonly #tracked = new Set<Tracked>()
  readonly #iterations = new Iterations(this)

  private constructor({ map = 'icmap', down, up }: CmapOptions) {
    this.#lives = new Reconnecting<Life>({
      begin: (ended) => this.#begin(map, ended),
      resume: (life) => this.#resume(life),
      down: (error) => deliver(down, error),
      up: () => deliver(up, undefined),
    })
  }

  /**
   * Connects.
   *
   * @throws {CorosyncError} `LIBRARY_MISSING`, `CS_ERR_LIBRARY` (corosync does not run), `CS_ERR_ACCESS`, …
   */
  static async open(options: CmapOptions = {}): Promise<Cmap> {
    const cmap = new Cmap(options)
    await cmap.#lives.open()
    return cmap
  }

  get(key: string): Promise<CmapValue>
  get<Type extends CmapType>(key: string, type: Type): Promise<CmapValues[Type]>
  async get(key: string, type?: CmapType): Promise<CmapValue | CmapValues[CmapType]> {
    const found = await this.#session('cmap_get').get(key)
    return type === undefined ? found : bareValue(found, type, key)
  }

  async entries(prefix = ''): Promise<CmapEntry[]> {
    return this.#session('cmap_iter_init').entries({ prefix })
  }

  /**
   * Sets a key, which may be new or of another type. Longest value: 16,384 bytes.
   *
   * @throws {RangeError} the type cannot hold the value
   * @throws {CorosyncError} `CS_ERR_ACCESS`: the key is read-only; `CS_ERR_NAME_TOO_LONG`: no name for a key (3 to 255
   * of `[A-Za-z0-9._/:-]`); `CS_ERR_INVALID_PARAM`: the value is too long
   */
  async set<Type extends CmapType>(key: string, type: Type, value: CmapInput<Type>): Promise<void> {
    await this.#session('cmap_set').set(key, type, value)
  }

  /**
   * Removes a key.
   *
   * @throws {CorosyncError} `CS_ERR_NOT_EXIST`; `CS_ERR_ACCESS`: the key is read-only
   */
  async delete(key: string): Promise<void> {
    await this.#session('cmap_delete').delete(key)
  }

  /**
   * Adds 1 to an integer, which after its highest value begins anew at its lowest.
   *
   * @throws {CorosyncError} `CS_ERR_NOT_EXIST`; `CS_ERR_ACCESS`; `CS_ERR_INVALID_PARAM`: it is no integer
   */
  async increment(key: string): Promise<void> {
    await this.#session('cmap_inc').increment(key)
  }

  /** Takes 1 off an integer, as `increment`. */
  async decrement(key: string): Promise<void> {
    await this.#session('cmap_dec').decrement(key)
  }

  /** In the statistics map, keys below a prefix are told as they come and go, and a single key as it changes, too. */
  async track(keys: CmapKeys, handler: (changes: CmapChanges) => void): Promise<Tracking> {
    const { reloads } = this.#life('cmap_track_add')
    const tracked = new Tracked(keys, handler)
    const entries = await tracked.begin(reloads)
    this.#tracked.add(tracked)
    const stop = (): void => {
      this.#tracked.delete(tracked)
      tracked.stop()
    }
    return { entries, stop }
  }

  changes(keys: CmapKeys, options?: ChangesOptions): AsyncIterableIterator<CmapChanges> {
    return this.#iterations.begin(keys, options)
  }

  async close(): Promise<void> {
    this.#tracked.clear()
    const closed = this.#lives.close()
    await this.#iterations.end()
    await closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #begin(map: CmapMap, ended: (error: Error) => void): Promise<Life> {
    const session = await CmapSession.open(map, ended)
    const reloads = new Reloads(session, () => {
      for (const tracked of this.#tracked) tracked.tell('reload')
    })
    try {
      if (map === 'icmap') await reloads.follow()
    } catch (error) {
      await session.close()
      throw error
    }
    return { session, reloads, close: () => session.close() }
  }

  async #resume({ reloads }: Life): Promise<void> {
    // Without those that begin meanwhile: they know this life already.
    for (const tracked of [...this.#tracked]) await tracked.resume(reloads)
  }

  #session(call: string): CmapSession {
    return this.#life(call).session
  }

  #life(call: string): Life {
    const life = this.#lives.closed ? undefined : this.#lives.current
    if (life === undefined) throw endedError(call, this.#lives.closed ? 'close' : 'daemon')
    return life
  }
}

// One connection of a `Cmap`, and with it no more than one life of the daemon: every call waits on a thread, one after the
// other, and changes come between them.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Connection, CorosyncError } from '@quorate/corosync-ffi'
import type { CmapEntry, CmapKeys } from '../config-map.ts'
import { endedError } from './ended-error.ts'
import { type CallOnThread, keyedOnThread, keysOnThread, trackOnThread, valueOnThread } from './on-thread.ts'
import { type CmapMap, openConnection } from './open-connection.ts'
import { type CmapChangeHandler, type CmapTrackFlag, type Trackings, trackBits } from './tracking.ts'
import {
  type CmapInput,
  type CmapType,
  type CmapValue,
  encodeValue,
  typeNumber,
  withAddress,
} from './values.ts'

/** ADD and DELETE are what the statistics map demands of a prefix. */
const everyChange: readonly CmapTrackFlag[] = ['ADD', 'DELETE', 'MODIFY']

/** Between two calls there is a turn of the event loop: who got an answer goes on before further changes are told. */
export class CmapSession {
  readonly #connection: Connection<Trackings>
  /** Fulfilled when the calls before are through. */
  #before: Promise<unknown> = Promise.resolve()
  /** By whom there can be no further call. */
  #endedBy: 'daemon' | 'close' | undefined

  private constructor(connection: Connection<Trackings>) {
    this.#connection = connection
  }

  /**
   * Connects.
   *
   * @param down the daemon is gone
   * @throws {CorosyncError} `LIBRARY_MISSING`, `CS_ERR_LIBRARY` (corosync does not run), `CS_ERR_ACCESS`, …
   */
  static async open(map: CmapMap, down: (error: Error) => void): Promise<CmapSession> {
    const onDown = (error: Error): void => {
      session.#endedBy ??= 'daemon'
      down(error)
    }
    const session = new CmapSession(await openConnection(onDown, { map }))
    return session
  }

  get(key: string): Promise<CmapValue> {
    return valueOnThread(this.#call, key)
  }

  /** What there is of `keys`, by name. */
  async entries(keys: CmapKeys): Promise<CmapEntry[]> {
    const names = 'key' in keys ? [keys.key] : (await keysOnThread(this.#call, keys.prefix)).sort()
    const entries: CmapEntry[] = []
    for (const key of names) {
      const value = await this.#find(key)
      if (value !== undefined) entries.push({ key, ...value })
    }
    return entries
  }

  set<Type extends CmapType>(key: string, type: Type, value: CmapInput<Type>): Promise<void> {
    const bytes = encodeValue(type, value)
    return keyedOnThread(this.#call, 'cmap_set', key, withAddress(bytes), bytes.length, typeNumber(type))
  }

  delete(key: string): Promise<void> {
    return keyedOnThread(this.#call, 'cmap_delete', key)
  }

  increment(key: string): Promise<void> {
    return keyedOnThread(this.#call, 'cmap_inc', key)
  }

  decrement(key: string): Promise<void> {
    return keyedOnThread(this.#call, 'cmap_dec', key)
  }

  /** Calls `handler` with each change until the returned function is called. */
  track(keys: CmapKeys, handler: CmapChangeHandler): Promise<() => void> {
    const [name, flags] =
      'key' in keys ? [keys.key, everyChange] : [keys.prefix, [...everyChange, 'PREFIX' as const]]
    return this.#inTurn('cmap_track_add', async () => {
      const tracking = await trackOnThread(this.#callNow, name, trackBits(flags))
      // In the same turn: the next one dispatches, and what finds nobody is lost.
      this.#connection.receiver.set(tracking, handler)
      return () => this.#untrack(tracking)
    })
  }

  /** Bounded, also when the daemon hangs: calls that it has not answered fail. */
  close(): Promise<void> {
    this.#endedBy ??= 'close'
    return this.#connection.close()
  }

  async #find(key: string): Promise<CmapValue | undefined> {
    try {
      return await this.get(key)
    } catch (error) {
      if (error instanceof CorosyncError && error.code === 'CS_ERR_NOT_EXIST') return undefined
      throw error
    }
  }

  #untrack(tracking: bigint): void {
    if (!this.#connection.receiver.delete(tracking) || this.#endedBy !== undefined) return
    this.#call('cmap_track_delete', tracking).catch((error) => {
      // A connection that has ended has ended its trackings.
      if (this.#endedBy === undefined) throw error
    })
  }

  readonly #call: CallOnThread = (name, ...args) => this.#inTurn(name, () => this.#callNow(name, ...args))

  /** One thread at a time may be inside the handle. */
  #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const result = this.#before.then(async () => {
      await nextTurn()
      if (this.#endedBy === undefined) this.#connection.dispatchWaiting()
      if (this.#endedBy !== undefined) throw endedError(name, this.#endedBy)
      return work()
    })
    this.#before = result.catch(() => {})
    return result
  }

  readonly #callNow: CallOnThread = async (name, ...args) => {
    try {
      await this.#connection.callOnThread(name, this.#connection.handle, ...args)
    } catch (error) {
      // The daemon may be gone: that is seen by a dispatch, and told before this failure is.
      if (this.#endedBy === undefined) this.#connection.dispatchWaiting()
      throw this.#endedBy === undefined ? error : endedError(name, this.#endedBy)
    }
  }
}

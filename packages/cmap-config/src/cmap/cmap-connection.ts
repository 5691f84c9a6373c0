// libcmap as a class: the configuration map of this node's corosync, which is local to the node. Useful by itself.
// Man pages: cmap_overview(3) and those named at each method; the keys: cmap_keys(7). What bites: docs/corosync.md.

import {
  type Argument,
  type Connection,
  Handle,
  libcmap,
  statusCode,
  statusOk,
  unwrap,
} from '@quorate/corosync-ffi'
import { decodeKey, encodeKey, explained, keyMemoryBytes } from './key.ts'
import { type CallOnThread, keysOnThread, valueOnThread } from './on-thread.ts'
import { type CmapConnectionOptions, openConnection } from './open-connection.ts'
import {
  type CmapChangeHandler,
  type CmapTrackFlag,
  notifyCallback,
  type Trackings,
  trackBits,
} from './tracking.ts'
import {
  bareValue,
  type CmapInput,
  type CmapType,
  type CmapValue,
  type CmapValues,
  decodeValue,
  encodeValue,
  typeName,
  typeNumber,
  valueBytesMax,
  withAddress,
} from './values.ts'

/** What a connection reports by itself. */
export interface CmapConnectionHandlers {
  /** The daemon is gone: every call fails from now on, and changes not dispatched before are lost. */
  down?(error: Error): void
}

/** A key as the iteration shows it. */
export interface CmapKey {
  readonly key: string
  readonly type: CmapType
  /** Bytes of the value; a string's NUL is among them. */
  readonly length: number
}

/** What `track` began. */
export interface CmapTracking {
  /** Ends it: cmap_track_delete(3). No change is reported from here on. A second call does nothing. */
  delete(): void
}

/**
 * A connection to the configuration map of this node's corosync.
 *
 * `open`, `close` and the calls `…OnThread` wait for the daemon on a thread. The other calls run at once and hang as long
 * as the daemon hangs. Every failure is a `CorosyncError` that names the key; `RangeError` is a mistake in the call.
 *
 * @example
 * const cmap = await CmapConnection.open()
 * cmap.get('totem.token', 'uint32') // 1000
 * cmap.get('totem.cluster_name') // { type: 'string', value: 'demo', length: 5 }
 * cmap.set('service.limit', 'uint64', 5n)
 * cmap.track('service.', ['ADD', 'DELETE', 'MODIFY', 'PREFIX'], ({ event, key, value }) => console.log(event, key, value))
 */
export class CmapConnection extends Handle {
  readonly #trackings: Trackings
  readonly #onThread: CallOnThread = (name, ...args) =>
    this.connection.callOnThread(name, this.connection.handle, ...args)
  /** Of values that are read: a number of the length's own, and room for the longest. */
  readonly #length = new BigUint64Array(1)
  readonly #type = new Int32Array(1)
  readonly #memory = Buffer.alloc(valueBytesMax)

  private constructor(connection: Connection<Trackings>) {
    super(connection)
    this.#trackings = connection.receiver
  }

  /**
   * Connects: cmap_initialize(3), or cmap_initialize_map(3) with the stats map.
   *
   * @throws {CorosyncError} `LIBRARY_MISSING`, `CS_ERR_LIBRARY` (corosync does not run), `CS_ERR_ACCESS`, …
   */
  static async open(
    handlers: CmapConnectionHandlers = {},
    options: CmapConnectionOptions = {},
  ): Promise<CmapConnection> {
    const connection = await openConnection((error) => handlers.down?.(error), options)
    return new CmapConnection(connection)
  }

  /** A number of the user's that travels with the handle: cmap_context_get(3), cmap_context_set(3). */
  get context(): bigint {
    const context = new BigUint64Array(1)
    this.call('cmap_context_get', context)
    return context[0] as bigint
  }

  set context(value: bigint) {
    this.call('cmap_context_set', value)
  }

  /**
   * The value of a key: cmap_get(3). With a type the bare value, without one the value with its type.
   *
   * @throws {CorosyncError} `CS_ERR_NOT_EXIST`: there is no such key; `CS_ERR_INVALID_PARAM`: it is of another type
   */
  get(key: string): CmapValue
  get<Type extends CmapType>(key: string, type: Type): CmapValues[Type]
  get(key: string, type?: CmapType): CmapValue | CmapValues[CmapType] {
    const found = this.#get(key)
    return type === undefined ? found : bareValue(found, type, key)
  }

  /**
   * As `get`, while the event loop goes on: fulfilled when the daemon answers, however long it hangs. Until then other
   * calls of this connection fail with `CS_ERR_TRY_AGAIN`; `close` gives it up.
   */
  async getOnThread<Type extends CmapType>(key: string, type: Type): Promise<CmapValues[Type]> {
    return bareValue(await valueOnThread(this.#onThread, key), type, key)
  }

  /**
   * Sets a key, which may be new or of another type: cmap_set(3). Longest value: 16,384 bytes.
   *
   * @throws {RangeError} the type cannot hold the value
   * @throws {CorosyncError} `CS_ERR_ACCESS`: the key is read-only; `CS_ERR_NAME_TOO_LONG`: no name for a key (3 to 255
   * of `[A-Za-z0-9._/:-]`); `CS_ERR_INVALID_PARAM`: the value is too long
   */
  set<Type extends CmapType>(key: string, type: Type, value: CmapInput<Type>): void {
    const bytes = encodeValue(type, value)
    this.#keyed('cmap_set', key, withAddress(bytes), bytes.length, typeNumber(type))
  }

  /**
   * Removes a key: cmap_delete(3).
   *
   * @throws {CorosyncError} `CS_ERR_NOT_EXIST`; `CS_ERR_ACCESS`: the key is read-only
   */
  delete(key: string): void {
    this.#keyed('cmap_delete', key)
  }

  /**
   * Adds 1 to an integer, which after its highest value begins anew at its lowest: cmap_inc(3).
   *
   * @throws {CorosyncError} `CS_ERR_NOT_EXIST`; `CS_ERR_ACCESS`; `CS_ERR_INVALID_PARAM`: it is no integer
   */
  increment(key: string): void {
    this.#keyed('cmap_inc', key)
  }

  /** Takes 1 off an integer: cmap_dec(3). As `increment`. */
  decrement(key: string): void {
    this.#keyed('cmap_dec', key)
  }

  /** The keys that begin with `prefix`, in order of the map: cmap_iter_init(3), _next(3), _finalize(3). */
  keys(prefix = ''): CmapKey[] {
    const iteration = new BigUint64Array(1)
    this.#keyed('cmap_iter_init', prefix, iteration)
    try {
      return [...this.#iterate(iteration[0] as bigint)]
    } finally {
      this.call('cmap_iter_finalize', iteration[0] as bigint)
    }
  }

  /** The names of the keys that begin with `prefix`, while the event loop goes on; as `getOnThread`. */
  keysOnThread(prefix = ''): Promise<string[]> {
    return keysOnThread(this.#onThread, prefix)
  }

  /**
   * Reports changes from now on: cmap_track_add(3). Nothing is said of what is there already: track first, then read.
   * One key can be tracked several times. A handler may call anything of the connection but `dispatch`, also
   * end its own tracking; what it throws is an uncaught exception and keeps nothing from other handlers.
   *
   * A reload of corosync.conf reports each key by itself, between two changes of `config.reload_in_progress`.
   *
   * @param key the key, or with `PREFIX` what the keys begin with; `''` with `PREFIX`: all keys
   * @throws {CorosyncError} `CS_ERR_NOT_SUPPORTED`: in the stats map `PREFIX` needs `ADD` and `DELETE`
   */
  track(key: string, flags: readonly CmapTrackFlag[], handler: CmapChangeHandler): CmapTracking {
    const added = new BigUint64Array(1)
    this.#keyed('cmap_track_add', key, trackBits(flags), notifyCallback(), null, added)
    const handle = added[0] as bigint
    this.#trackings.set(handle, handler)
    return { delete: () => this.#untrack(handle) }
  }

  #get(key: string): CmapValue {
    this.#length[0] = BigInt(valueBytesMax)
    this.#keyed('cmap_get', key, this.#memory, this.#length, this.#type)
    const bytes = Uint8Array.from(this.#memory.subarray(0, Number(this.#length[0])))
    return decodeValue(typeName(this.#type[0] as number, 'cmap_get'), bytes)
  }

  *#iterate(iteration: bigint): Generator<CmapKey> {
    const next = libcmap.native('cmap_iter_next')
    const { handle } = this.connection
    const name = Buffer.alloc(keyMemoryBytes)
    for (;;) {
      const status = next(handle, iteration, name, this.#length, this.#type)
      if (statusCode(status) === 'CS_ERR_NO_SECTIONS') return
      if (status !== statusOk) unwrap(status, 'cmap_iter_next')
      yield {
        key: decodeKey(name),
        type: typeName(this.#type[0] as number, 'cmap_iter_next'),
        length: Number(this.#length[0]),
      }
    }
  }

  /** A connection that has ended has ended its trackings. */
  #untrack(handle: bigint): void {
    const tracked = this.#trackings.delete(handle)
    if (tracked && this.open) this.call('cmap_track_delete', handle)
  }

  #keyed(name: string, key: string, ...args: Argument[]): void {
    const encoded = encodeKey(key, name)
    try {
      this.call(name, encoded, ...args)
    } catch (error) {
      throw explained(error, key)
    }
  }
}

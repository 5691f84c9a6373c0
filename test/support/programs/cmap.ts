// A process with any number of CmapConnection handles, steered by the test.

import { readdirSync } from 'node:fs'
import {
  CmapConnection,
  type CmapConnectionOptions,
  type CmapInput,
  type CmapTrackFlag,
  type CmapTracking,
  type CmapType,
} from '@quorate/cmap-config'
import { copyMemory, type DispatchFlag, libcmap, nativeCallbackCount } from '@quorate/corosync-ffi'
import { named } from '../named.ts'
import { report, serve } from '../serve.ts'

/** What a tracking does at its first change, after having reported it. */
export type Reaction = 'delete' | 'throw' | 'close'

const handles = new Map<string, CmapConnection>()
const trackings = new Map<string, CmapTracking>()

const handle = (name: string): CmapConnection => named(handles, name)

function react(name: string, tracking: string, reaction: Reaction): void {
  if (reaction === 'delete') named(trackings, tracking).delete()
  if (reaction === 'close') void handle(name).close()
  if (reaction === 'throw') throw new Error(`thrown by ${tracking}`)
}

const cmapOperations = {
  async open(name: string, options: CmapConnectionOptions = {}) {
    const down = (error: Error): void => report({ type: 'down', name, message: error.message })
    handles.set(name, await CmapConnection.open({ down }, options))
  },
  // biome-ignore lint/suspicious/noExplicitAny: the test gives what fits the type, and what does not.
  set: (name: string, key: string, type: CmapType, value: any) => handle(name).set(key, type, value),
  find: (name: string, key: string) => handle(name).get(key),
  get: (name: string, key: string, type: CmapType) => handle(name).get(key, type),
  delete: (name: string, key: string) => handle(name).delete(key),
  increment: (name: string, key: string) => handle(name).increment(key),
  decrement: (name: string, key: string) => handle(name).decrement(key),
  keys: (name: string, prefix?: string) => handle(name).keys(prefix),
  getOnThread: (name: string, key: string, type: CmapType) => handle(name).getOnThread(key, type),
  keysOnThread: (name: string, prefix?: string) => handle(name).keysOnThread(prefix),
  property: (name: string, property: 'open' | 'fd' | 'context') => handle(name)[property],
  setContext(name: string, context: bigint) {
    handle(name).context = context
  },
  /** Begins a tracking; `reaction` is what its handler does at the first change. */
  track(name: string, tracking: string, key: string, flags: CmapTrackFlag[], reaction?: Reaction) {
    let first = true
    const added = handle(name).track(key, flags, (change) => {
      report({ type: 'change', tracking, ...change })
      if (first && reaction !== undefined) {
        first = false
        react(name, tracking, reaction)
      }
    })
    trackings.set(tracking, added)
  },
  untrack: (tracking: string) => named(trackings, tracking).delete(),
  /** Sets the key to 1, 2, … before anything is dispatched. */
  count(name: string, key: string, upTo: number) {
    for (let value = 1; value <= upTo; value++) handle(name).set(key, 'uint32', value)
  },
  /** Sets the key to each value before anything is dispatched. */
  setAll(name: string, key: string, type: CmapType, values: CmapInput<CmapType>[]) {
    for (const value of values) handle(name).set(key, type, value)
  },
  /** Tracks and ends it again; how many native callbacks there are then. */
  trackMany(name: string, key: string, times: number) {
    for (let i = 0; i < times; i++)
      handle(name)
        .track(key, ['MODIFY'], () => {})
        .delete()
    return nativeCallbackCount()
  },
  dispatch: (name: string, flag: DispatchFlag) => handle(name).dispatch(flag),
  close: (name: string) => handle(name).close(),
  descriptors: () => readdirSync('/proc/self/fd').length,
  /** From now on as that user, which no return leads from. */
  become(user: string, group: string) {
    process.setgroups?.([])
    process.setgid?.(group)
    process.setuid?.(user)
  },
  reportUncaught: () => {
    process.on('uncaughtException', ({ message }) => report({ type: 'uncaught', message }))
  },
}

/** CMAP_MAP_ICMAP. */
const icmap = 0

/** What the library answers on a connection of its own, made by cmap_initialize_map(3). */
function onRawConnection<T>(work: (connection: bigint) => T): T {
  const memory = new BigUint64Array(1)
  libcmap.call('cmap_initialize_map', memory, icmap)
  const connection = memory[0] as bigint
  try {
    return work(connection)
  } finally {
    libcmap.call('cmap_finalize', connection)
  }
}

const cString = (text: string): Buffer => Buffer.from(`${text}\0`)

/** Functions of the library, and errors of them, that `CmapConnection` does without. */
const rawOperations = {
  /** Sets the key with the function of its type, and reads it with the other. */
  setAndGet: (type: string, key: string, value: number | bigint) =>
    onRawConnection((connection) => {
      const into = memories[type] as BigUint64Array
      libcmap.call(`cmap_set_${type}`, connection, cString(key), value)
      libcmap.call(`cmap_get_${type}`, connection, cString(key), into)
      return into[0] as bigint
    }),
  /** The copy that cmap_get_string(3) allocates is this process's until its end. */
  setAndGetString: (key: string, value: string) =>
    onRawConnection((connection) => {
      const copy = new BigUint64Array(1)
      libcmap.call('cmap_set_string', connection, cString(key), cString(value))
      libcmap.call('cmap_get_string', connection, cString(key), copy)
      return copyMemory(copy[0] as bigint, cString(value).length).toString()
    }),
  trackAdd: (key: string, bits: number, callback: bigint | null) =>
    onRawConnection((connection) =>
      libcmap.call('cmap_track_add', connection, cString(key), bits, callback, null, new BigUint64Array(1)),
    ),
  trackDelete: (tracking: bigint) =>
    onRawConnection((connection) => libcmap.call('cmap_track_delete', connection, tracking)),
}

const memories: Readonly<Record<string, ArrayLike<number | bigint>>> = {
  int8: new Int8Array(1),
  uint8: new Uint8Array(1),
  int16: new Int16Array(1),
  uint16: new Uint16Array(1),
  int32: new Int32Array(1),
  uint32: new Uint32Array(1),
  int64: new BigInt64Array(1),
  uint64: new BigUint64Array(1),
  float: new Float32Array(1),
  double: new Float64Array(1),
}

serve({ ...cmapOperations, ...rawOperations })

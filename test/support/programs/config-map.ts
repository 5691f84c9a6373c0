// A process with any number of open Cmaps, steered by the test; runs the contract, too.

import { readdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  Cmap,
  type CmapChanges,
  CmapConnection,
  type CmapKeys,
  type CmapOptions,
  type CmapType,
  CorosyncError,
  type Tracking,
} from '@quorate/cmap-config'
import { configMapContract, type OpenedMap } from '@quorate/cmap-config/contracts'
import { named } from '../named.ts'
import { report, serve } from '../serve.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const maps = new Map<string, Cmap>()
const trackings = new Map<string, Tracking>()
/** Processes that are killed when a tracking was told so many more sets. */
const doomed = new Map<string, { readonly pid: number; sets: number }>()

const map = (name: string): Cmap => named(maps, name)

async function iterate(name: string, changes: AsyncIterable<CmapChanges>): Promise<void> {
  for await (const each of changes) report({ type: 'changes', tracking: name, ...each })
  report({ type: 'iterated', tracking: name })
}

function tell(tracking: string, changes: CmapChanges): void {
  report({ type: 'changes', tracking, ...changes })
  const next = doomed.get(tracking)
  if (next !== undefined && --next.sets === 0) process.kill(next.pid, 'SIGKILL')
}

const operations = {
  async open(name: string, options: Pick<CmapOptions, 'map'> = {}) {
    maps.set(
      name,
      await Cmap.open({
        ...options,
        down: ({ message }) => report({ type: 'down', name, message }),
        up: () => report({ type: 'up', name }),
      }),
    )
  },
  find: (name: string, key: string) => map(name).get(key),
  get: (name: string, key: string, type: CmapType) => map(name).get(key, type),
  entries: (name: string, prefix?: string) => map(name).entries(prefix),
  // biome-ignore lint/suspicious/noExplicitAny: the test gives what fits the type, and what does not.
  set: (name: string, key: string, type: CmapType, value: any) => map(name).set(key, type, value),
  delete: (name: string, key: string) => map(name).delete(key),
  increment: (name: string, key: string) => map(name).increment(key),
  decrement: (name: string, key: string) => map(name).decrement(key),
  /** Reports what the tracking is told; the entries are the answer. */
  async track(name: string, tracking: string, keys: CmapKeys) {
    const begun = await map(name).track(keys, (changes) => tell(tracking, changes))
    trackings.set(tracking, begun)
    return begun.entries
  },
  /** Kills a process from within the handler that is told the last of so many sets: more are on their way then. */
  killAfter(tracking: string, sets: number, pid: number) {
    doomed.set(tracking, { pid, sets })
  },
  stop: (tracking: string) => named(trackings, tracking).stop(),
  iterate(name: string, tracking: string, keys: CmapKeys) {
    void iterate(tracking, map(name).changes(keys))
  },
  /** Begins and ends so many trackings and iterations, one after the other. */
  async trackMany(name: string, times: number) {
    for (let i = 0; i < times; i++) {
      const tracking = await map(name).track({ prefix: 'cycle.' }, () => undefined)
      tracking.stop()
    }
  },
  /** Reads another key without a pause until a change of this one is told; how many reads that took. */
  async readUntilTold(name: string, key: string) {
    let told = false
    const tracking = await map(name).track({ key }, () => {
      told = true
    })
    report({ type: 'reading' })
    let reads = 0
    while (!told && reads < 20_000) {
      await map(name).get('totem.version')
      reads++
    }
    tracking.stop()
    return reads
  },
  async iterateMany(name: string, times: number) {
    for (let i = 0; i < times; i++) await map(name).changes({ prefix: 'cycle.' }).return?.()
  },
  async reopen(name: string, times: number) {
    for (let i = 0; i < times; i++) {
      await map(name).close()
      maps.set(name, await Cmap.open())
    }
  },
  close: (name: string) => map(name).close(),
  /** What this process holds, after a collection. */
  held: () => {
    collectGarbage()
    return { descriptors: readdirSync('/proc/self/fd').length, heapBytes: process.memoryUsage().heapUsed }
  },
  runContract: (index: number) => contract[index]?.run(),
}

/** A `Cmap`, and a connection of its own that puts. */
async function openContract(): Promise<OpenedMap> {
  const [cmap, hand] = [await Cmap.open(), await CmapConnection.open()]
  const remove = (key: string): void => {
    try {
      hand.delete(key)
    } catch (error) {
      if (!(error instanceof CorosyncError) || error.code !== 'CS_ERR_NOT_EXIST') throw error
    }
  }
  return {
    map: cmap,
    async put(key, value) {
      if (value === undefined) remove(key)
      else if (typeof value === 'string') hand.set(key, 'string', value)
      else hand.set(key, 'uint32', value)
    },
    async close() {
      await cmap.close()
      for (const { key } of hand.keys('contract.')) remove(key)
      await hand.close()
    },
  }
}

const contract = configMapContract({ open: openContract })

serve(operations)

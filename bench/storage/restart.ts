// One voter on its own with a storage, on the network in memory: fills a log, or opens it again. Arguments: `fill` or
// `open`, the path of the storage, and how many entries. Answers with a line of JSON.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { MemoryNetwork, openReplica, type Storage } from '@quorate/core'
import { openLmdbStorage } from '@quorate/lmdb-storage'
import { type BenchReplica, inTurns, text } from '../support/replicas/loads.ts'
import { machineOf } from '../support/replicas/machine.ts'

/** Seconds. */
export interface Restarted {
  /** Looking at the pages. */
  readonly pages: number
  readonly reading: number
  /** And joining. */
  readonly applying: number
  /** Until the replica was ready. */
  readonly all: number
  /** Processor time until then, that of the program's start among it. */
  readonly cpu: number
  /** The longest turn of the event loop. */
  readonly pause: number
}

const [order, path, count] = process.argv.slice(2) as ['fill' | 'open', string, string]
const entries = Number(count)
const never = 2 ** 40
const inFlight = 2000
const readyTimeoutMs = 60_000

/** Every command is an entry of its own, and nothing is compacted. */
function open(storage: Storage): Promise<BenchReplica> {
  return openReplica({
    machine: machineOf(false),
    group: 'bench',
    transport: new MemoryNetwork({ nodes: [1] }).node(1),
    voters: [1],
    guard: false,
    storage,
    limits: {
      ...{ batchCommandsMax: 1, proposalsInFlightMax: inFlight, uncommittedEntriesMax: inFlight },
      ...{ logBytesMax: never, retainedBytesMax: never, retainedEntriesMax: never },
    },
    timeouts: { snapshotMs: never },
  })
}

async function fill(): Promise<number> {
  const replica = await open(await openLmdbStorage({ path }))
  await replica.ready({ deadlineMs: readyTimeoutMs })
  let left = entries
  await inTurns(inFlight, async () => {
    if (left-- <= 0) return false
    await replica.submit.write(text)
    return true
  })
  const { writes } = replica.state
  await replica.close()
  return writes
}

async function reopen(): Promise<Restarted> {
  const turns = new Turns()
  const beginMs = performance.now()
  const storage = await openLmdbStorage({ path })
  const openedMs = performance.now()
  const stored = await storage.load()
  const loadedMs = performance.now()
  const replica = await open({
    load: async () => stored,
    write: (write, done) => storage.write(write, done),
    close: () => storage.close(),
  })
  const appliedMs = performance.now()
  await replica.ready({ deadlineMs: readyTimeoutMs })
  const readyMs = performance.now()
  const { user, system } = process.cpuUsage()
  const { writes } = replica.state
  if (writes !== entries) throw new Error(`The replica applied ${writes} commands, of ${entries}`)
  const pause = await turns.end()
  await replica.close()
  return {
    pages: (openedMs - beginMs) / 1000,
    reading: (loadedMs - openedMs) / 1000,
    applying: (appliedMs - loadedMs) / 1000,
    all: (readyMs - beginMs) / 1000,
    cpu: (user + system) / 1e6,
    pause,
  }
}

/** How long each takes, until the end. */
class Turns {
  #longestMs = 0
  #ended = false
  readonly #watch = this.#count()

  /** The longest, seconds. */
  async end(): Promise<number> {
    this.#ended = true
    await this.#watch
    return this.#longestMs / 1000
  }

  async #count(): Promise<void> {
    for (let beginMs = performance.now(); !this.#ended; beginMs = performance.now()) {
      await nextTurn()
      this.#longestMs = Math.max(this.#longestMs, performance.now() - beginMs)
    }
  }
}

console.log(JSON.stringify(order === 'fill' ? await fill() : await reopen()))

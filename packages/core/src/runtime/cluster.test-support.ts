// A small group of replicas on the network in memory, for the tests beside it.

import { setTimeout as sleep } from 'node:timers/promises'
import { QuorateError, Rejection } from '../errors.ts'
import { defineMachine } from '../machine/define-machine.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { openReplica } from './open-replica.ts'
import type { Replica } from './replica.ts'
import type { ReplicaOptions } from './replica-options.ts'

export const counter = defineMachine({
  name: 'counter',
  version: 1,
  initial: () => ({ value: 0, names: [] as string[] }),
  reducers: {
    add(state, by: number) {
      state.value += by
      return state.value
    },
    /** Takes each name once. */
    register(state, name: string, ctx) {
      if (state.names.includes(name)) throw new Rejection('taken', `${name} is taken`, { name })
      state.names.push(name)
      ctx.emit({ registered: name })
      return { place: state.names.length }
    },
    reset(state) {
      state.value = 0
    },
    crash(_state, nodeid: number) {
      throw new Error(`A bug of the machine, told by node ${nodeid}`)
    },
  },
})

export type CounterReplica = Replica<typeof counter>

export class Cluster {
  readonly network: MemoryNetwork
  readonly nodes: readonly number[]
  readonly #opened: CounterReplica[] = []

  constructor(nodes: readonly number[] = [1, 2, 3]) {
    this.nodes = nodes
    this.network = new MemoryNetwork({ nodes })
  }

  async open(nodeid: number, options: Partial<ReplicaOptions<typeof counter>> = {}): Promise<CounterReplica> {
    const replica = await openReplica({
      machine: counter,
      group: 'test',
      transport: this.network.node(nodeid),
      voters: this.nodes,
      ...options,
      timeouts: { noQuorumMs: 200, ...options.timeouts },
    })
    this.#opened.push(replica)
    return replica
  }

  /** One on each node, ready. */
  async openAll(
    options: (nodeid: number) => Partial<ReplicaOptions<typeof counter>> = () => ({}),
  ): Promise<CounterReplica[]> {
    const replicas = await Promise.all(this.nodes.map((nodeid) => this.open(nodeid, options(nodeid))))
    await Promise.all(replicas.map((replica) => replica.ready({ deadlineMs: 5000 })))
    return replicas
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((replica) => replica.close()))
  }
}

/** Runs a test on a cluster of its own, which is closed in any case. */
export function onCluster(play: (cluster: Cluster) => Promise<void>, nodes?: readonly number[]) {
  return async (): Promise<void> => {
    const cluster = new Cluster(nodes)
    try {
      await play(cluster)
    } finally {
      await cluster.close()
    }
  }
}

/** Waits until `condition` holds, 5 s at most. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + 5000
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`Not within 5 s: ${what}`)
    await sleep(2)
  }
}

/** How a call failed: code and outcome; `'fulfilled'` if it did not. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'fulfilled'
  } catch (error) {
    if (!(error instanceof QuorateError)) throw error
    return error.outcome === undefined ? error.code : `${error.code} ${error.outcome}`
  }
}

// Configuration and replicas: three nodes with a file each, on the network in memory.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  FileMap,
  liveConfig,
  type ReplicatedConfigWarning,
  replicatedConfig,
  tuneReplica,
} from '@quorate/cmap-config'
import { defineMachine, MemoryNetwork, openReplica } from '@quorate/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'

const test = suite('configuration of replicas')

interface Shared {
  readonly limit: number
}

const machine = defineMachine({
  name: 'shared',
  version: 1,
  initial: () => ({ config: null as Shared | null, count: 0 }),
  reducers: {
    configure(state, config: Shared, ctx) {
      state.config = config
      ctx.emit(config)
    },
    add(state) {
      state.count += 1
    },
  },
})

const voters = [1, 2, 3]

class Cluster {
  readonly network = new MemoryNetwork({ nodes: voters })
  readonly folder = mkdtempSync(join(tmpdir(), 'replica-configuration-'))

  write(nodeid: number, limit: number, limits = {}): void {
    const quorate = { shared: { limits } }
    writeFileSync(this.#path(nodeid), JSON.stringify({ service: { limit }, quorate }))
  }

  async open(nodeid: number) {
    const map = await FileMap.open({ path: this.#path(nodeid), lookIntervalMs: 20 })
    const config = await liveConfig({ map, prefix: 'service', schema: z.object({ limit: z.number() }) })
    const transport = this.network.node(nodeid)
    const replica = await openReplica({ machine, group: 'shared', transport, voters })
    const told: unknown[] = []
    void collect(replica.events(), told)
    const warnings: ReplicatedConfigWarning[] = []
    replicatedConfig({
      replica,
      config,
      select: (state) => state.config,
      submit: (value) => replica.submit.configure(value),
      pauseMs: 200,
      warning: (warning) => void warnings.push(warning),
    })
    const tuning = await tuneReplica(replica, map, { warning: () => {} })
    const close = async (): Promise<void> => {
      await replica.close()
      await map.close()
    }
    return { replica, told, warnings, tuning, close }
  }

  #path(nodeid: number): string {
    return join(this.folder, `${nodeid}.json`)
  }
}

async function collect(events: AsyncIterable<unknown>, into: unknown[]): Promise<void> {
  for await (const event of events) into.push(event)
}

type Node = Awaited<ReturnType<Cluster['open']>>
type Three = [Node, Node, Node]

const onCluster = (play: (nodes: Three, cluster: Cluster) => Promise<void>) => async () => {
  const cluster = new Cluster()
  for (const nodeid of voters) cluster.write(nodeid, 5)
  const nodes = (await Promise.all(voters.map((nodeid) => cluster.open(nodeid)))) as Three
  try {
    await Promise.all(nodes.map(({ replica }) => replica.ready({ deadlineMs: 10_000 })))
    await play(nodes, cluster)
  } finally {
    await Promise.all(nodes.map(({ close }) => close()))
    rmSync(cluster.folder, { recursive: true })
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + 10_000
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`Not within 10 s: ${what}`)
    await sleep(5)
  }
}

const tuned = ({ replica }: Node) => replica.once('tuned', { signal: AbortSignal.timeout(10_000) })
const limitOf = ({ replica }: Node): number | undefined => replica.state.config?.limit
const leaderOf = (nodes: readonly Node[]): Node =>
  nodes.find(({ replica }) => replica.status.leader?.self) as Node

test(
  'what the leader says is the same on all replicas from the same index on',
  onCluster(async (nodes, cluster) => {
    await until(() => nodes.every(({ told }) => told.length === 1), 'all have the first value')
    for (const nodeid of voters) cluster.write(nodeid, 6)
    await until(() => nodes.every(({ told }) => told.length === 2), 'all have the second value')
    const [node] = nodes
    assert.equal(
      node.told.map((each) => (each as { event: unknown }).event),
      [{ limit: 5 }, { limit: 6 }],
    )
    for (const { told } of nodes) assert.equal(told, node.told)
  }),
)

test(
  'a node that does not lead changes nothing, and tells the difference',
  onCluster(async (nodes, cluster) => {
    await until(() => nodes.every((node) => limitOf(node) === 5), 'all have the first value')
    const place = nodes.findIndex(({ replica }) => !replica.status.leader?.self)
    const other = nodes[place] as Node
    cluster.write(place + 1, 9)
    await until(() => other.warnings.length > 0, 'the difference is told')
    assert.equal(other.warnings, [
      {
        notice: 'config-differs',
        leader: leaderOf(nodes).replica.status.self.nodeid,
        differences: [{ key: 'service.limit', own: 9, replicated: 5 }],
      },
    ])
    assert.equal(nodes.map(limitOf), [5, 5, 5])
    assert.equal(leaderOf(nodes).warnings, [])
  }),
)

test(
  'the next leader brings its own where it differs, as soon as it leads',
  onCluster(async (nodes, cluster) => {
    await until(() => nodes.every((node) => limitOf(node) === 5), 'all have the first value')
    const leader = leaderOf(nodes)
    const others = nodes.filter((node) => node !== leader)
    for (const node of others) cluster.write(nodes.indexOf(node) + 1, 8)
    await until(() => others.every(({ warnings }) => warnings.length > 0), 'they have read it')
    assert.equal(nodes.map(limitOf), [5, 5, 5])
    await leader.close()
    await until(() => others.every((node) => limitOf(node) === 8), 'the next leader has brought its own')
  }),
)

test(
  'limits hold on their node alone, and return when they are deleted; unknown ones are told',
  onCluster(async (nodes, cluster) => {
    const [first, second] = nodes
    const opened = first.replica.bounds
    cluster.write(1, 5, { batchCommandsMax: 2, batchMax: 2 })
    await tuned(first)
    assert.is(first.replica.bounds.limits.batchCommandsMax, 2)
    assert.is(second.replica.bounds.limits.batchCommandsMax, 512)
    const [problem] = first.tuning.problems
    assert.is(problem?.key, 'quorate.shared.limits.batchMax')
    assert.match(String(problem?.reason), /there is no limits\.batchMax/)
    const before = first.replica.status.applied
    await Promise.all(Array.from({ length: 10 }, () => first.replica.submit.add()))
    assert.ok(first.replica.status.applied - before >= 5)
    cluster.write(1, 5)
    await tuned(first)
    assert.equal(first.replica.bounds, opened)
  }),
)

test.run()

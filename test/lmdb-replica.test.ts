// Replicas on disks: what they confirmed outlives them all, and a disk of another replica is refused.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineMachine, MemoryNetwork, openReplica, type Replica } from '@quorate/core'
import { openLmdbStorage } from '@quorate/lmdb-storage'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'

const test = suite('replicas on LMDB')

const counter = defineMachine({
  name: 'counter',
  version: 1,
  initial: () => ({ value: 0 }),
  reducers: {
    add(state, by: number) {
      state.value += by
      return state.value
    },
  },
})

const voters = [1, 2, 3]
const folder = mkdtempSync(join(tmpdir(), 'quorate-lmdb-replicas-'))
process.once('exit', () => rmSync(folder, { recursive: true }))

type Counter = Replica<typeof counter>

async function openOn(network: MemoryNetwork, nodeid: number, name = `node-${nodeid}`): Promise<Counter> {
  const storage = await openLmdbStorage({ path: join(folder, name) })
  return openReplica({
    machine: counter,
    group: 'lmdb-replica',
    transport: network.node(nodeid),
    voters,
    storage,
  })
}

async function withAll<T>(run: (replicas: Counter[]) => Promise<T>): Promise<T> {
  const network = new MemoryNetwork({ nodes: voters })
  const replicas = await Promise.all(voters.map((nodeid) => openOn(network, nodeid)))
  try {
    await Promise.all(replicas.map((replica) => replica.ready()))
    return await run(replicas)
  } finally {
    await Promise.all(replicas.map((replica) => replica.close()))
  }
}

test('what was confirmed is there when all were closed and opened again', async () => {
  const sums = await withAll((replicas) =>
    Promise.all(Array.from({ length: 300 }, (_, i) => replicas[i % 3]?.submit.add(1))),
  )
  is(Math.max(...sums.map(Number)), 300)
  for (let round = 1; round <= 2; round++) {
    const sum = await withAll(async ([first, second]) => {
      equal(await second?.read(({ value }) => value), 299 + round)
      return first?.submit.add(1)
    })
    is(sum, 300 + round)
  }
})

test("a disk of another node is refused, and still that node's", async () => {
  const network = new MemoryNetwork({ nodes: voters })
  const error = await openOn(network, 1, 'node-2').catch((thrown: unknown) => thrown)
  match(
    String(error),
    /the storage holds the replica of group 'lmdb-replica' on node 2.*this is .* on node 1/,
  )
  ok(await withAll(async ([first]) => first?.submit.add(1)))
})

test.run()

// Replicas with disks on real nodes, killed by SIGKILL amid the writes of several clients: one, a majority, all of them
// together with their daemons. Every write that was confirmed is there afterwards, each write at most once, in order.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CorosyncCluster } from '@quorate/testkit'
import type { ReplicaProcess } from '@quorate/testkit/nemesis'
import { is } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { allCurrent, digests, startReplica } from './support/replicas.ts'
import { Writer } from './support/writer.ts'

const test = clusterTest('replicas whose processes are killed')
const folder = mkdtempSync(join(tmpdir(), 'quorate-replica-restart-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

let cluster: CorosyncCluster
/** By node id, from 1 on. */
const replicas: ReplicaProcess[] = []
/** Of all tests: what one has confirmed stays for the next. */
const writers: Writer[] = []

const replica = (nodeid: number): ReplicaProcess => replicas[nodeid - 1] as ReplicaProcess
const diskOf = (nodeid: number): string => join(folder, `node-${nodeid}`)

/** So small that snapshots are stored while the test runs, and that a restart begins with one. */
const limits = { logBytesMax: 16_384, retainedEntriesMax: 100 }

function start(nodeid: number): void {
  replicas[nodeid - 1] = startReplica(cluster, nodeid, { storagePath: diskOf(nodeid), limits })
}

/** A client of each of these. */
function write(nodeids: readonly number[]): Writer[] {
  const began = nodeids.map((nodeid) => new Writer(replica(nodeid)))
  writers.push(...began)
  return began
}

/** Everyone is current again, and has all that was ever confirmed. */
async function nothingIsLost(): Promise<void> {
  await allCurrent(replicas)
  await Promise.all(writers.map((writer) => writer.end()))
  is((await digests(replicas)).length, 1)
  for (const writer of writers) await writer.assertKept(replica(1))
}

test('three replicas begin, each on a disk', async () => {
  cluster = await CorosyncCluster.start({ nodes: 3, tokenMs: 500 })
  for (const nodeid of [1, 2, 3]) start(nodeid)
  await allCurrent(replicas)
})

for (const [what, killed] of [
  ['one', [1]],
  ['a majority', [2, 3]],
] as const) {
  test(`${what} killed and started again`, async () => {
    const clients = write([1, 2, 3])
    await Promise.all(clients.map((client) => client.confirms(50)))
    await Promise.all(killed.map((nodeid) => replica(nodeid).kill()))
    for (const nodeid of killed) start(nodeid)
    await nothingIsLost()
  })
}

test('all killed at once, and their daemons with them', async () => {
  const clients = write([1, 2, 3])
  await Promise.all(clients.map((client) => client.confirms(100)))
  await Promise.all([...replicas, ...cluster.nodes.map(({ daemon }) => daemon)].map((each) => each.kill()))
  await Promise.all(cluster.nodes.map(({ daemon }) => daemon.start()))
  for (const nodeid of [1, 2, 3]) start(nodeid)
  await nothingIsLost()
})

test('a voter whose disk is lost catches up while the others go on, and counts again', async () => {
  const [client] = write([1]) as [Writer]
  await client.confirms(50)
  await replica(3).kill()
  rmSync(diskOf(3), { recursive: true })
  start(3)
  await client.confirms(50)
  await nothingIsLost()
  // Without node 1 each commit rests on what node 3 acks.
  await replica(1).kill()
  const [other] = write([2]) as [Writer]
  await other.confirms(50)
  await other.end()
  for (const writer of writers) await writer.assertKept(replica(3))
})

test('the cluster ends', async () => {
  await Promise.all(replicas.slice(1).map((each) => each.order('close', null)))
  for (const { stderr } of replicas) is(stderr, '')
  await cluster.close()
})

test.run()

// A node that was away: it is given the entries that it has missed, and a snapshot only where nobody retains them. The
// event `current` tells which of both it was.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CorosyncCluster } from '@quorate/testkit'
import type { ReplicaProcess } from '@quorate/testkit/nemesis'
import { is, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { allCurrent, digests, startReplica } from './support/replicas.ts'

const test = clusterTest('a node that was away')
const folder = mkdtempSync(join(tmpdir(), 'quorate-replica-away-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const retainedEntriesMax = 60
/** So small that snapshots of the own state are stored meanwhile: what is retained stays all the same. */
const limits = { retainedEntriesMax, logBytesMax: 1024 }

let cluster: CorosyncCluster
/** By node id, from 1 on. */
const replicas: ReplicaProcess[] = []
let lastId = 0

const replica = (nodeid: number): ReplicaProcess => replicas[nodeid - 1] as ReplicaProcess

function start(nodeid: number): void {
  const storagePath = join(folder, `node-${nodeid}`)
  replicas[nodeid - 1] = startReplica(cluster, nodeid, { storagePath, limits })
}

/** One after the other: an entry each. */
async function commit(entries: number): Promise<void> {
  for (let i = 0; i < entries; i++) {
    const { became } = await replica(1).perform({ type: 'write', key: 'a/x', id: ++lastId }, 20_000)
    is(became, 'ok')
  }
}

/** Returns the index of the snapshot that node 3 is given when it is back after so many entries. */
async function snapshotAfter(entries: number, meanwhile?: () => Promise<void>): Promise<number | null> {
  await Promise.all([replica(3).kill(), cluster.node(3).daemon.kill()])
  await commit(entries)
  await meanwhile?.()
  await cluster.node(3).daemon.start()
  start(3)
  await allCurrent(replicas)
  is((await digests(replicas)).length, 1)
  const { text } = await replica(3).waitForReport('current')
  return JSON.parse(text).snapshot
}

test('three replicas begin', async () => {
  cluster = await CorosyncCluster.start({ nodes: 3, tokenMs: 500 })
  for (const nodeid of [1, 2, 3]) start(nodeid)
  await allCurrent(replicas)
})

test('is given the entries that it has missed, also by those who have restarted meanwhile', async () => {
  const snapshot = await snapshotAfter(retainedEntriesMax * 0.75, async () => {
    await Promise.all([replica(1).kill(), replica(2).kill()])
    start(1)
    start(2)
  })
  is(snapshot, null)
})

test('is given a snapshot where nobody retains all of them', async () => {
  const { committed } = await replica(3).waitForStanding('current', ({ primary }) => primary)
  ok(Number(await snapshotAfter(retainedEntriesMax * 2)) > committed)
})

test('the cluster ends', async () => {
  await Promise.all(replicas.map((each) => each.order('close', null)))
  for (const { stderr } of replicas) is(stderr, '')
  await cluster.close()
})

test.run()

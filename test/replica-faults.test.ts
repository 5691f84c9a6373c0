// Replicas on three real corosync nodes, a process each: after each fault every replica is current again, without an
// operator, and none lacks anything that was confirmed.

import { setTimeout as sleep } from 'node:timers/promises'
import { CorosyncCluster } from '@quorate/testkit'
import type { Outcome, ReplicaProcess } from '@quorate/testkit/nemesis'
import { equal, is } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { allCurrent, digests, startReplica } from './support/replicas.ts'

const test = clusterTest('replicas on corosync')

let cluster: CorosyncCluster
/** By node id, from 1 on. */
let replicas: ReplicaProcess[]
let lastId = 0

const replica = (nodeid: number): ReplicaProcess => replicas[nodeid - 1] as ReplicaProcess

function write(nodeid: number, key = 'a/x', deadlineMs = 5000): Promise<Outcome> {
  return replica(nodeid).perform({ type: 'write', key, id: ++lastId }, deadlineMs)
}

/** Writes, which must succeed; returns the value. */
async function confirmed(nodeid: number): Promise<number> {
  const { became, code } = await write(nodeid)
  equal({ became, code }, { became: 'ok', code: undefined })
  return lastId
}

async function read(nodeid: number): Promise<number> {
  const { became, value } = await replica(nodeid).perform({ type: 'read', key: 'a/x' }, 5000)
  is(became, 'ok')
  return value as number
}

function restartProcess(nodeid: number): void {
  replicas[nodeid - 1] = startReplica(cluster, nodeid)
}

/** All are current, and hold the same, `value` among it. */
async function converged(value: number): Promise<void> {
  await allCurrent(replicas)
  is((await digests(replicas)).length, 1)
  for (const { nodeid } of replicas) is(await read(nodeid), value)
}

test('three replicas begin a group, and each commits what the others then read', async () => {
  cluster = await CorosyncCluster.start({ nodes: 3, tokenMs: 500 })
  replicas = [1, 2, 3].map((nodeid) => startReplica(cluster, nodeid))
  await allCurrent(replicas)
  for (const { nodeid } of replicas) {
    const value = await confirmed(nodeid)
    for (const other of replicas) is(await read(other.nodeid), value)
  }
})

test('a process that crashes is missed by nobody, and is current again once restarted', async () => {
  await replica(1).kill()
  const value = await confirmed(2)
  restartProcess(1)
  await converged(value)
})

test('a daemon that is killed and restarted costs its replica nothing', async () => {
  await cluster.node(2).daemon.kill()
  const value = await confirmed(1)
  await cluster.node(2).daemon.start()
  await converged(value)
})

test('a daemon that is restarted as systemctl does it costs its replica nothing, and the others no vote', async () => {
  const { daemon } = cluster.node(2)
  is((await cluster.node(2).exec('corosync-cfgtool', ['-H', '--force'])).code, 0)
  while (daemon.running) await sleep(20)
  const value = await confirmed(1)
  is((await write(2, 'a/y', 500)).code, 'Deadline')
  await daemon.start()
  await converged(value)
  is(replica(2).alive, true)
})

test('behind a partition the minority confirms nothing and reads nothing, and catches up when it heals', async () => {
  await cluster.partition([[1], [2, 3]])
  await replica(1).waitForReport('no-quorum', replica(1).reports.length)
  const value = await confirmed(2)
  const refused = await replica(1).perform({ type: 'read', key: 'a/x' }, 3000)
  is(refused.code, 'NoQuorum')
  is((await write(1, 'a/y', 500)).code, 'Deadline')
  await cluster.heal()
  await converged(value)
})

test('a node that dies, process and daemon, is current again once both are back', async () => {
  await Promise.all([replica(3).kill(), cluster.node(3).daemon.kill()])
  const value = await confirmed(1)
  restartProcess(3)
  await replica(3).waitForReport('open-failed')
  await cluster.node(3).daemon.start()
  await converged(value)
})

test('all daemons die at once: the replicas keep their memory, and go on when the daemons are back', async () => {
  const value = await confirmed(3)
  await Promise.all(cluster.nodes.map(({ daemon }) => daemon.kill()))
  await Promise.all(replicas.map((each) => each.waitForStanding('alone', (s) => s.members.length === 0)))
  await Promise.all(cluster.nodes.map(({ daemon }) => daemon.start()))
  await converged(value)
  await confirmed(1)
})

test('the cluster ends', async () => {
  await Promise.all(replicas.map((each) => each.order('close', null)))
  for (const { stderr } of replicas) is(stderr, '')
  await cluster.close()
})

test.run()

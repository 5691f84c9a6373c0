// A process that hangs (SIGSTOP) holds nobody back, and so nobody would notice that its node's daemon grows: a replica
// of its node does, whatever group the process is in, and says which process it is.

import { setTimeout as sleep } from 'node:timers/promises'
import { CorosyncCluster } from '@quorate/testkit'
import type { ReplicaProcess } from '@quorate/testkit/nemesis'
import { equal, is, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { type CpgProgram, joinGroup, startCpg } from './support/programs/cpg-client.ts'
import { startReplica } from './support/replicas.ts'

const test = clusterTest('a slow neighbour')

const group = 'neighbours'
/** Some looks of a replica. */
const quietMs = 6000
/** Of traffic, before it counts: what the ring buffer of a connection takes is not queued. */
const fillMax = 20_000

let cluster: CorosyncCluster
let replica: ReplicaProcess
let neighbour: CpgProgram
let distant: CpgProgram

const warnings = () => replica.reports.filter(({ event }) => event === 'warning')
const slowNow = async (): Promise<readonly number[] | undefined> =>
  (await replica.order('standing', null))?.slowNeighbours

/** Traffic in the group of the neighbour, as much as is needed until the replica warns. */
async function trafficUntilWarned(): Promise<void> {
  for (let sent = 0; warnings().length === 0 && sent < fillMax; sent += 500) {
    await distant.call('flood', group, 500, 1000)
    await sleep(500)
  }
  is(warnings().length, 1)
}

/** Stopped meanwhile; goes on whatever comes of that. */
async function whileStopped(work: () => Promise<void>): Promise<void> {
  neighbour.child.kill('SIGSTOP')
  try {
    await work()
  } finally {
    neighbour.child.kill('SIGCONT')
  }
}

test('a replica, and on its node a process in another group', async () => {
  cluster = await CorosyncCluster.start({ nodes: 2, tokenMs: 500 })
  replica = startReplica(cluster, 1, { voters: [1] })
  neighbour = await startCpg(cluster.node(1))
  distant = await startCpg(cluster.node(2))
  await joinGroup(neighbour, group)
  await joinGroup(distant, group)
  await replica.waitForStanding('primary', ({ primary }) => primary)
})

test('that reads is none, under whatever load', async () => {
  for (const endMs = performance.now() + quietMs; performance.now() < endMs; ) {
    await distant.call('flood', group, 500, 1000)
  }
  equal(warnings(), [])
  equal(await slowNow(), [])
})

test('that hangs is told with its process, what waits for it and what to do; the replica goes on', async () => {
  await whileStopped(async () => {
    await trafficUntilWarned()
    const { notice, pid, name, queued, text } = JSON.parse(warnings()[0]?.text ?? '')
    equal([notice, pid, name], ['slow-neighbour', neighbour.pid, 'node'])
    ok(queued > 1000, `queued: ${queued}`)
    ok(
      text.startsWith(`Process ${neighbour.pid} (node) of this node has left ${queued} messages unread`),
      text,
    )
    equal(await slowNow(), [neighbour.pid])
    is((await replica.perform({ type: 'write', key: 'a/x', id: 1 }, 10_000)).became, 'ok')
  })
})

test('that goes on is none any more once it has read', async () => {
  await replica.waitForStanding(
    'without slow neighbours',
    ({ slowNeighbours }) => slowNeighbours.length === 0,
  )
  is(warnings().length, 1)
})

test('a daemon that hangs does not hang the replica that looks, nor its end', async () => {
  const { daemon } = cluster.node(1)
  await daemon.kill('SIGSTOP')
  try {
    await sleep(quietMs)
    const answer = await Promise.race([replica.order('standing', null), sleep(quietMs, 'none')])
    is.not(answer, 'none', 'the replica hangs')
    await replica.order('close', null)
    for (const endMs = performance.now() + quietMs; replica.alive && performance.now() < endMs; )
      await sleep(20)
    ok(!replica.alive, 'the process does not end')
  } finally {
    await daemon.kill('SIGCONT')
  }
})

test('the cluster ends', async () => {
  is(replica.stderr, '')
  await cluster.close()
})

test.run()

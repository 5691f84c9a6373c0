// Policy votequorum on real corosync: a quorate ring is not enough to commit (docs/protocol.md, R5.20 to R5.22). What
// two nodes of which either alone stays quorate commit and refuse, and four whose expected votes shrink.
// deadline: 400 s

import { setTimeout as sleep } from 'node:timers/promises'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { DiskReplica, untilQuorate } from './support/disk-replicas.ts'

const test = clusterTest('policy votequorum')
const lastManStandingWindowMs = 1000
/** How a replica refuses to commit, and to read. */
const refused = ['Deadline', 'NoQuorum']

let cluster: CorosyncCluster
let replicas: DiskReplica[]

const replica = (nodeid: number): DiskReplica => replicas[nodeid - 1] as DiskReplica
const start = (nodeids: readonly number[]): Promise<DiskReplica[]> =>
  Promise.all(nodeids.map((nodeid) => DiskReplica.start(cluster.node(nodeid), 'votequorum')))

/** All of these take part, and hold the same words. */
async function agree(nodeids: readonly number[], words: string): Promise<void> {
  for (const nodeid of nodeids) {
    await replica(nodeid).goesOnWith(nodeids)
    is(await replica(nodeid).read(), words)
  }
}

/** The nodes of which this replica says that they are missing. */
async function missingAt(nodeid: number): Promise<readonly number[]> {
  const { obstacle } = await replica(nodeid).standing()
  return obstacle?.reason === 'no-quorum' ? obstacle.missing : []
}

test('the configured nodes are those of corosync.conf, and vote when the options name none', async () => {
  // Without wait_for_all, so that nothing but the policy keeps a node from going on alone after a start.
  cluster = await CorosyncCluster.start({
    nodes: 2,
    tokenMs: 500,
    quorum: { twoNode: true, waitForAll: false },
  })
  replicas = await start([1, 2])
  equal(await replica(1).remote.call('configuredNodes'), [1, 2])
  equal((await replica(2).standing()).voters, [1, 2])
})

test('two_node: both together commit, each its own and the other’s', async () => {
  await replica(1).add('one')
  await replica(2).add('two')
  await agree([1, 2], 'one two')
})

test('two_node: a partition leaves both quorate, and both refuse', async () => {
  await cluster.partition([[1], [2]])
  for (const nodeid of [1, 2]) await untilQuorate(cluster, nodeid, [nodeid], true)
  equal(await Promise.all([replica(1).refuses([1]), replica(2).refuses([2])]), [refused, refused])
  equal([await missingAt(1), await missingAt(2)], [[2], [1]])
})

test('two_node: the one whose peer is fenced goes on alone', async () => {
  await replica(2).powerOff()
  equal(await replica(1).refuses([1]), refused)
  await replica(1).reportFenced(2)
  await replica(1).goesOnWith([1])
  await replica(1).add('alone')
  is(await replica(1).read(), 'one two alone')
})

test('two_node: the fenced node comes back quorate with its old log, and refuses, whatever is reported', async () => {
  await replica(2).powerOn()
  await untilQuorate(cluster, 2, [2], true)
  equal(await replica(2).refuses([2]), refused)
  // Wrong: node 1 runs. A restarted process does not go on from its old log even then.
  await replica(2).reportFenced(1)
  equal(await replica(2).refuses([2]), refused)
})

test('two_node: healed, it gets what was committed without it, and both are needed again', async () => {
  await cluster.heal()
  await agree([1, 2], 'one two alone')
  await replica(2).add('together')
  await agree([1, 2], 'one two alone together')
})

test('two_node: a report of a node that is in the view is refused, and leaves nothing behind', async () => {
  await replica(1).reportFenced(2)
  await replica(1).remote.waitFor('a refusal', (warnings) =>
    warnings.some((warning) => warning.notice === 'fencing-refused' && warning.nodeid === 2),
  )
  await cluster.partition([[1], [2]])
  equal(await replica(1).refuses([1]), refused)
  await cluster.heal()
  await replica(1).goesOnWith([1, 2])
})

test('two_node: a replica that ends while its node stays in the ring is waited for, also when reported', async () => {
  await replica(2).crash()
  equal(await replica(1).refuses([1]), refused)
  await replica(1).reportFenced(2)
  equal(await replica(1).refuses([1]), refused)
  await replica(2).open()
  await replica(1).add('again')
  await agree([1, 2], 'one two alone together again')
})

test('two_node: the cluster ends', async () => {
  await cluster.close()
})

test('last_man_standing: four nodes commit', async () => {
  cluster = await CorosyncCluster.start({
    nodes: 4,
    tokenMs: 500,
    quorum: { lastManStanding: true, lastManStandingWindowMs, waitForAll: true },
  })
  replicas = await start([1, 2, 3, 4])
  await replica(4).add('four')
  await agree([1, 2, 3, 4], 'four')
})

test('last_man_standing: three of four are quorate, and wait for the report of the fourth', async () => {
  await replica(4).powerOff()
  await untilQuorate(cluster, 1, [1, 2, 3], true)
  equal(await replica(1).refuses([1, 2, 3]), refused)
  equal(await missingAt(1), [4])
  // To whichever of them it is given.
  await replica(3).reportFenced(4)
  await Promise.all([1, 2, 3].map((nodeid) => replica(nodeid).goesOnWith([1, 2, 3])))
  await replica(1).add('three')
  await agree([1, 2, 3], 'four three')
})

test('last_man_standing: when the expected votes have shrunk, two of four go on, less than a majority', async () => {
  await sleep(2 * lastManStandingWindowMs)
  await replica(3).powerOff()
  await untilQuorate(cluster, 1, [1, 2], true)
  equal(await replica(2).refuses([1, 2]), refused)
  await replica(2).reportFenced(3)
  await replica(1).goesOnWith([1, 2])
  await replica(2).add('two')
  await agree([1, 2], 'four three two')
})

test('last_man_standing: the last one is not quorate, and refuses with every report', async () => {
  await replica(2).powerOff()
  await untilQuorate(cluster, 1, [1], false)
  await replica(1).reportFenced(2)
  equal(await replica(1).refuses([1]), refused)
})

test('last_man_standing: all come back, and nothing that was committed is lost', async () => {
  for (const nodeid of [2, 3, 4]) await replica(nodeid).powerOn()
  await agree([1, 2, 3, 4], 'four three two')
  await replica(3).add('all')
  await agree([1, 2, 3, 4], 'four three two all')
})

test('last_man_standing: half of the nodes at once, within the window, is not quorate', async () => {
  await Promise.all([replica(3).powerOff(), replica(4).powerOff()])
  await untilQuorate(cluster, 1, [1, 2], false)
  await replica(1).reportFenced(3)
  await replica(1).reportFenced(4)
  equal(await replica(1).refuses([1, 2]), refused)
})

test('last_man_standing: a node that waits for all keeps the others waiting, until all are there', async () => {
  await replica(3).powerOn()
  await untilQuorate(cluster, 3, [1, 2, 3], false)
  equal(await replica(1).refuses([1, 2, 3]), refused)
  await replica(4).powerOn()
  await agree([1, 2, 3, 4], 'four three two all')
})

test('last_man_standing: the cluster ends', async () => {
  await cluster.close()
})

test.run()

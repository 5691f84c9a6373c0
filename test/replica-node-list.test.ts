// The voters of a group are the nodes that corosync.conf lists when it begins, and stay so: a node that is added to the
// list, followed by a rolling restart, neither votes nor begins a second group (docs/protocol.md, R3.4 and R3.5).

import type { ConfSection } from '@quorate/cmap-config'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { DiskReplica } from './support/disk-replicas.ts'
import { failureOf } from './support/programs/cpg-client.ts'

const test = clusterTest('the node list as voters')

let cluster: CorosyncCluster
let first: DiskReplica
let second: DiskReplica
let added: DiskReplica
/** The `node { … }` of node 3, while it is not in the lists of the others. */
let entry: ConfSection

const configuredNodes = (replica: DiskReplica): Promise<number[]> => replica.remote.call('configuredNodes')
const start = (nodeid: number): Promise<DiskReplica> => DiskReplica.start(cluster.node(nodeid), 'majority')

async function warned(replica: DiskReplica): Promise<void> {
  const expected = { notice: 'voters-differ', voters: [1, 2], configured: [1, 2, 3] }
  await replica.remote.waitFor('a warning', (warnings) => warnings.length > 0)
  equal(replica.remote.events, [expected])
}

test('a group begins with the nodes of the list as its voters, running or not', async () => {
  cluster = await CorosyncCluster.start({
    nodes: 3,
    tokenMs: 500,
    daemons: [1, 2],
    configure: (conf, nodeid) => {
      if (nodeid < 3) entry = conf.sections('nodelist')[0]?.entries.splice(2, 1)[0] as ConfSection
    },
  })
  ;[first, second] = await Promise.all([start(1), start(2)])
  await first.add('two')
  equal((await second.standing()).voters, [1, 2])
  equal(await configuredNodes(first), [1, 2])
  is(await second.read(), 'two')
})

test('after a reload the list has the new node, whose daemon does not run yet; the group goes on', async () => {
  for (const nodeid of [1, 2]) {
    cluster.node(nodeid).configure((conf) => conf.sections('nodelist')[0]?.entries.push(entry))
  }
  await cluster.node(1).reload()
  equal(await configuredNodes(first), [1, 2, 3])
  await first.add('more')
  equal((await first.standing()).voters, [1, 2])
  equal(first.remote.events, [])
})

test('the new node learns from the group that it does not vote, and warns', async () => {
  await cluster.node(3).daemon.start()
  added = await start(3)
  await added.goesOnWith([1, 2, 3])
  const { role, voters } = await added.standing()
  equal([role, voters], ['learner', [1, 2]])
  is(await added.read(), 'two more')
  await warned(added)
})

test('a rolling restart changes no voters, and warns on each node', async () => {
  for (const replica of [first, second]) {
    await replica.crash()
    await replica.open()
    const { role, voters } = await replica.goesOnWith([1, 2, 3])
    equal([role, voters], ['voter', [1, 2]])
    await warned(replica)
  }
  await added.add('still')
  is(await first.read(), 'two more still')
})

test('without the daemon the nodes are not known: opening says so', async () => {
  await first.powerOff()
  is((await failureOf(first.open())).code, 'CS_ERR_LIBRARY')
  await first.powerOn()
  await first.goesOnWith([1, 2, 3])
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()

// deadline: 120 s
// Many processes of a node, and many channels of a process, that join at the same moment: the daemon tells the ring to
// every connection when any of them joins, and the libraries' tables of handles are not made for two threads.

import { CorosyncCluster } from '@quorate/testkit'
import { equal } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { Remote } from './support/remote.ts'

const test = clusterTest('simultaneous joins')
const processesPerNode = 2
const channelsPerProcess = 12
const handlesAtOnce = 20
const rounds = 80

let cluster: CorosyncCluster

test('the cluster starts', async () => {
  cluster = await CorosyncCluster.start({ nodes: 2 })
})

test('every channel gets its first view, and one only', async () => {
  const remotes = await Promise.all(
    cluster.nodes.flatMap((node) =>
      Array.from({ length: processesPerNode }, () => Remote.start(node, 'channels')),
    ),
  )
  const counts = await Promise.all(
    remotes.map((remote, i) => remote.call<string[]>('joinAll', `process${i}`, channelsPerProcess)),
  )
  const once = Array.from({ length: channelsPerProcess }, () => 'view membership')
  for (const events of counts) equal(events, once)
})

test('handles that are opened at the same moment are all good', async () => {
  const remote = await Remote.start(cluster.node(1), 'channels')
  await remote.call('openAll', handlesAtOnce, rounds)
})

test('the cluster ends', () => cluster.close())

test.run()

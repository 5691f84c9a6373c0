// deadline: 300 s
// The transport contract on real corosync: the same cases as the in-memory network passes, each member a process.

import { transportContract } from '@quorate/core/contracts'
import { CorosyncCluster } from '@quorate/testkit'
import { clusterTest } from './support/cluster-test.ts'
import { corosyncSubject } from './support/corosync-subject.ts'

const test = clusterTest('transport contract on corosync')

let cluster: CorosyncCluster

test('the cluster starts', async () => {
  cluster = await CorosyncCluster.start({ nodes: 3 })
})

// A short queue: what is accepted beyond it would only take long to carry over to this process.
const subject = corosyncSubject(() => cluster, { queueBytesMax: 1024 * 1024 })
for (const { name, run } of transportContract(subject)) test(name, run)

test('the cluster ends', async () => {
  await cluster.close()
})

test.run()

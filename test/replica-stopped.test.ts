// A process that hangs (SIGSTOP) stays a member of its group, for its node's daemon lives. A minority of such processes
// does not stop the others, not even when the membership changes meanwhile: who does not answer a round is left out.

import { CorosyncCluster } from '@quorate/testkit'
import type { ReplicaProcess } from '@quorate/testkit/nemesis'
import { is, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { allCurrent, digests, startReplica } from './support/replicas.ts'

const test = clusterTest('a process that hangs')

let cluster: CorosyncCluster
/** Of the nodes 1, 2 and 3, which vote. */
let replicas: ReplicaProcess[]
let lastId = 0

const replica = (nodeid: number): ReplicaProcess => replicas[nodeid - 1] as ReplicaProcess

/** Through these nodes a command is confirmed, and read. */
async function working(nodeids: readonly number[]): Promise<void> {
  for (const nodeid of nodeids) {
    const id = ++lastId
    const written = await replica(nodeid).perform({ type: 'write', key: 'a/x', id }, 10_000)
    is(written.became, 'ok', `node ${nodeid}: ${written.code}`)
    for (const reader of nodeids) {
      const { value } = await replica(reader).perform({ type: 'read', key: 'a/x' }, 10_000)
      is(value, id)
    }
  }
}

/** Continues a stopped process: it catches up, by itself. */
async function continued(nodeid: number): Promise<void> {
  ok(replica(nodeid).alive)
  await replica(nodeid).kill('SIGCONT')
  await allCurrent(replicas)
  is((await digests(replicas)).length, 1)
}

test('three replicas start', async () => {
  cluster = await CorosyncCluster.start({ nodes: 4, tokenMs: 500 })
  replicas = [1, 2, 3].map((nodeid) => startReplica(cluster, nodeid))
  await allCurrent(replicas)
})

// Node 1 is the lowest, and so the one that would lead the rounds.
for (const hanging of [1, 3]) {
  const others = [1, 2, 3].filter((nodeid) => nodeid !== hanging)

  test(`on node ${hanging} does not stop the others, though a process joins and leaves meanwhile`, async () => {
    await replica(hanging).kill('SIGSTOP')
    await working(others)
    const learner = startReplica(cluster, 4)
    await learner.waitForStanding('current', ({ primary }) => primary)
    await working(others)
    await learner.kill()
    await replica(2).waitForStanding('without the learner', ({ members }) => !members.includes(4))
    await working(others)
    await continued(hanging)
  })

  test(`on node ${hanging} does not stop the others, though the ring breaks and forms again meanwhile`, async () => {
    const [first = 0, second = 0] = others
    await replica(hanging).kill('SIGSTOP')
    await cluster.node(second).daemon.kill()
    await replica(second).waitForStanding('alone', ({ members }) => members.length === 0)
    await cluster.node(second).daemon.start()
    await working([first, second])
    await continued(hanging)
  })
}

test('the cluster ends', async () => {
  for (const { stderr } of replicas) is(stderr, '')
  await cluster.close()
})

test.run()

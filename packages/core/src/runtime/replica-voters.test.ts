// Who votes when the options name nobody: the nodes that the cluster is configured with, until there is a group.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError } from '../errors.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { MemoryDisk } from '../memory/memory-storage.ts'
import type { Storage } from '../ports/storage.ts'
import type { Transport } from '../ports/transport.ts'
import { type CounterReplica, counter, onCluster, until } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'
import type { ReplicaOptions } from './replica-options.ts'
import type { VotersDiffer } from './voter-difference.ts'

const test = suite('voters by default')

/** The transport, with the node list that is given. */
const listing = (transport: Transport, nodeids: readonly number[]): Transport => ({
  ...transport,
  configuredNodes: async () => nodeids,
})

/** Opens a replica on node 1 of a network of its own. */
function open(
  network: MemoryNetwork,
  nodeids: readonly number[],
  options: Partial<ReplicaOptions<typeof counter>> = {},
): Promise<CounterReplica> {
  const transport = listing(network.node(1), nodeids)
  return openReplica({ machine: counter, group: 'voters', transport, ...options })
}

function differences(replica: CounterReplica): VotersDiffer[] {
  const told: VotersDiffer[] = []
  replica.on('warning', (warning) => {
    if (warning.notice === 'voters-differ') told.push(warning)
  })
  return told
}

async function refusal(opening: Promise<unknown>): Promise<string> {
  const error = await opening.catch((thrown: unknown) => thrown)
  assert.instance(error, QuorateError)
  assert.is((error as QuorateError).code, 'BadOption')
  return (error as QuorateError).message
}

/** Fails unless the storage that was opened on it is closed. */
const reopened = (disk: MemoryDisk): Storage => disk.open()

test(
  'left out, they are the configured nodes, and nothing is told',
  onCluster(async (cluster) => {
    const replicas = await cluster.openAll(() => ({ voters: undefined }))
    const told = replicas.map(differences)
    await replicas[0]?.submit.add(1)
    for (const { status } of replicas) {
      assert.equal([status.voters.nodeids, status.role], [[1, 2, 3], 'voter'])
    }
    assert.equal(told, [[], [], []])
  }),
)

test('left out on a transport that knows no nodes: refused, with what to do', async () => {
  const { join, ...rest } = new MemoryNetwork({ nodes: [1] }).node(1)
  const { configuredNodes, ...transport } = { join, ...rest }
  assert.type(configuredNodes, 'function')
  const disk = new MemoryDisk()
  const opening = openReplica({ machine: counter, group: 'voters', transport, storage: disk.open() })
  assert.match(
    await refusal(opening),
    /voters is left out, and this transport does not know .*: name the ids/,
  )
  await reopened(disk).close()
})

test('left out in a cluster without a node list: refused, with what to do', async () => {
  const disk = new MemoryDisk()
  const opening = open(new MemoryNetwork({ nodes: [1] }), [], { storage: disk.open() })
  assert.match(
    await refusal(opening),
    /voters is left out, and the cluster has no node list \(nodelist .*name the ids/,
  )
  await reopened(disk).close()
})

test('a node list that cannot be read: that error, and the storage is closed', async () => {
  const disk = new MemoryDisk()
  const transport: Transport = {
    ...new MemoryNetwork({ nodes: [1] }).node(1),
    configuredNodes: () => Promise.reject(new Error('no daemon')),
  }
  const options = { machine: counter, group: 'voters', transport, storage: disk.open() }
  assert.match(String(await openReplica(options).catch(String)), /no daemon/)
  await reopened(disk).close()
})

test('the stored voters count; another node list is told once, another policy is refused', async () => {
  const network = new MemoryNetwork({ nodes: [1, 2] })
  const disk = new MemoryDisk()
  const first = await open(network, [1], { storage: disk.open() })
  await first.submit.add(1)
  await first.close()
  const again = await open(network, [1, 2], { storage: disk.open() })
  const told = differences(again)
  await again.submit.add(1)
  assert.equal(again.status.voters.nodeids, [1])
  network.partition([[1], [2]])
  await until(() => again.status.members.length === 1, 'alone')
  await again.submit.add(1)
  assert.equal(told, [{ notice: 'voters-differ', voters: [1], configured: [1, 2] }])
  await again.close()
  const other = open(network, [1], { storage: disk.open(), policy: 'votequorum' })
  assert.match(await refusal(other), /the voters 1 by majority, and the options say 1 by votequorum/)
})

test('a node that has lost its place in the list votes on by what is stored', async () => {
  const network = new MemoryNetwork({ nodes: [1] })
  const disk = new MemoryDisk()
  const first = await open(network, [1], { storage: disk.open() })
  await first.submit.add(1)
  await first.close()
  const again = await open(network, [2], { storage: disk.open() })
  await again.submit.add(1)
  assert.equal([again.status.role, again.status.voters.nodeids], ['voter', [1]])
  await again.close()
})

test(
  'a node that was added to the list learns from the group that it does not vote, and says so',
  onCluster(
    async (cluster) => {
      const [first] = await Promise.all(
        [2, 3, 4].map((nodeid) => cluster.open(nodeid, { voters: [2, 3, 4] })),
      )
      await first?.submit.add(1)
      const added = await cluster.open(1, { voters: undefined })
      const told = differences(added)
      await added.ready({ deadlineMs: 5000 })
      assert.equal([added.status.role, added.status.voters.nodeids], ['learner', [2, 3, 4]])
      assert.is(await added.read((state) => state.value), 1)
      assert.equal(told, [{ notice: 'voters-differ', voters: [2, 3, 4], configured: [1, 2, 3, 4] }])
    },
    [1, 2, 3, 4],
  ),
)

test.run()

// The operator's word: what is left of a group goes on, and who returns with the other history gives it up.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MemoryDisk } from '../memory/memory-storage.ts'
import { type Cluster, type CounterReplica, onCluster, until } from './cluster.test-support.ts'
import type { ReplicaStatus } from './status.ts'

const test = suite('force')
type Three = [CounterReplica, CounterReplica, CounterReplica]

/** The others have committed 100 more, and node 1 goes on without them. */
async function splitByForce({ network }: Cluster, [survivor, second, third]: Three): Promise<void> {
  await survivor.submit.add(1)
  await Promise.all([second, third].map((replica) => replica.read(() => {})))
  network.partition([[1], [2, 3]])
  await second.submit.add(100)
  await until(() => !survivor.status.primary, 'node 1 is alone')
  survivor.force({ missing: [2, 3], voters: [1] })
  await survivor.ready({ deadlineMs: 5000 })
}

const isIn = ({ primary, voters }: ReplicaStatus, nodeids: readonly number[]): boolean =>
  primary && voters.nodeids.join() === nodeids.join()

test(
  'the survivor of three goes on alone, with a voter set of its own',
  onCluster(async (cluster) => {
    const [survivor, second, third] = (await cluster.openAll()) as Three
    await survivor.submit.add(1)
    await Promise.all([second.close(), third.close()])
    await until(() => survivor.status.obstacle?.reason === 'no-quorum', 'it waits')
    const waiting = survivor.submit.add(10)
    survivor.force({ missing: [2, 3], voters: [1] })
    assert.is(await waiting, 11)
    assert.equal(survivor.status.voters, { nodeids: [1], policy: 'majority' })
    assert.is(await survivor.read((state) => state.value), 11)
  }),
)

test(
  'without naming all that is missing nothing is installed',
  onCluster(async (cluster) => {
    const [survivor, second, third] = (await cluster.openAll()) as Three
    await Promise.all([second.close(), third.close()])
    await until(() => survivor.status.obstacle?.reason === 'no-quorum', 'it waits')
    const told = survivor.once('no-quorum')
    survivor.force({ missing: [2], voters: [1] })
    assert.equal((await told).obstacle, { reason: 'no-quorum', missing: [3] })
    assert.is(survivor.status.primary, false)
  }),
)

test(
  'members of the other history set it aside and take part as learners',
  onCluster(async (cluster) => {
    const replicas = (await cluster.openAll()) as Three
    const [survivor, second, third] = replicas
    await splitByForce(cluster, replicas)
    assert.is(await survivor.submit.add(10), 11)
    const warnings: string[] = []
    second.on('warning', ({ notice }) => warnings.push(notice))
    cluster.network.heal()
    await until(() => replicas.every(({ status }) => isIn(status, [1])), 'all are back')
    assert.equal(warnings, ['set-aside'])
    assert.equal(
      replicas.map(({ status }) => status.role),
      ['voter', 'learner', 'learner'],
    )
    assert.is(await second.read((state) => state.value), 11)
    assert.is(await third.submit.add(1), 12)
  }),
)

test(
  'what the history that takes the place of the other emits is told, though its indexes are lower',
  onCluster(async (cluster) => {
    const replicas = (await cluster.openAll()) as Three
    const [survivor, second] = replicas
    await splitByForce(cluster, replicas)
    const emitted: unknown[] = []
    const reading = (async () => {
      for await (const { event } of second.events()) emitted.push(event)
    })()
    for (let i = 0; i < 20; i++) await second.submit.register(`given up ${i}`)
    cluster.network.heal()
    await until(() => replicas.every(({ status }) => isIn(status, [1])), 'all are back')
    const before = emitted.length
    await survivor.submit.register('kept')
    await until(() => emitted.length > before, 'it is told')
    assert.equal(emitted.at(-1), { registered: 'kept' })
    await second.close()
    await reading
  }),
)

test(
  'a member that returns from its disk keeps there what it gives up, and finds the new history at its next opening',
  onCluster(async (cluster) => {
    const disk = new MemoryDisk()
    const replicas = (await cluster.openAll((nodeid) =>
      nodeid === 2 ? { storage: disk.open() } : {},
    )) as Three
    await splitByForce(cluster, replicas)
    const [survivor, second, third] = replicas
    await Promise.all([second.close(), third.close()])
    cluster.network.heal()
    const back = await cluster.open(2, { storage: disk.open() })
    await back.ready({ deadlineMs: 5000 })
    assert.is(await back.submit.add(10), 11)
    assert.is(disk.asides.length, 1)
    assert.equal(disk.asides[0]?.record.voters.nodeids, [1, 2, 3])
    await back.close()
    await survivor.submit.add(1)
    const again = await cluster.open(2, { storage: disk.open(), voters: [1] })
    await again.ready({ deadlineMs: 5000 })
    assert.is(again.state.value, 12)
    assert.is(disk.asides.length, 1)
  }),
)

test(
  'what is no order is refused with what to change',
  onCluster(
    async (cluster) => {
      const replica = await cluster.open(1)
      await replica.ready()
      assert.throws(() => replica.force({ voters: [] }), /replica.force: voters is empty/)
      assert.throws(() => replica.force({ voters: [1, 1] }), /voters names node 1 twice/)
      assert.throws(() => replica.force({ missing: [0] }), /missing names 0: a node id is/)
      assert.throws(() => replica.force({ logOf: 1.5 }), /logOf names 1.5/)
      cluster.network.crashNode(1)
      await replica.once('down')
      assert.throws(() => replica.force({}), /Nothing can be committed here: the local daemon is down/)
      await replica.close()
      assert.throws(() => replica.force({}), /was closed/)
    },
    [1],
  ),
)

test.run()

// Partitions, crashes and returns: what is confirmed stays, what is open gets one answer.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defineForeignMachine, type ForeignState } from '../machine/define-foreign-machine.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { MemoryDisk } from '../memory/memory-storage.ts'
import { type Cluster, type CounterReplica, failureOf, onCluster, until } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'

const test = suite('replica when something fails')
type Three = [CounterReplica, CounterReplica, CounterReplica]

test(
  'a member that is cut off answers no read, keeps its commands, and has them committed once when it is back',
  onCluster(async (cluster) => {
    const [cutOff, second, third] = (await cluster.openAll()) as Three
    await cutOff.submit.add(1)
    cluster.network.partition([[1], [2, 3]])
    const waiting = Array.from({ length: 5 }, () => cutOff.submit.add(10))
    assert.is(await failureOf(cutOff.read((state) => state.value)), 'NoQuorum')
    assert.is(cutOff.status.primary, false)
    assert.is(cutOff.state.value, 1)
    assert.is(await second.submit.add(100), 101)
    cluster.network.heal()
    assert.equal(await Promise.all(waiting), [111, 121, 131, 141, 151])
    assert.is(await third.read((state) => state.value), 151)
    assert.is(await cutOff.read((state) => state.value), 151)
  }),
)

test(
  'without quorum a read fails at once after the grace time, and tells who is missing',
  onCluster(async (cluster) => {
    const [cutOff] = (await cluster.openAll()) as Three
    cluster.network.partition([[1], [2, 3]])
    await assertNoQuorum(cutOff, /node ids in the view: 1; missing are the nodes 2, 3/)
    const startMs = performance.now()
    await assertNoQuorum(cutOff, /missing are the nodes 2, 3/)
    assert.ok(performance.now() - startMs < 100)
  }),
)

async function assertNoQuorum(replica: CounterReplica, message: RegExp): Promise<void> {
  const error: unknown = await replica.read((state) => state.value).catch((thrown: unknown) => thrown)
  assert.match(String(error), message)
}

test(
  'commands under way when the ring breaks are applied once, in order',
  onCluster(async (cluster) => {
    const [first, second, third] = (await cluster.openAll()) as Three
    const answers: Promise<number>[] = []
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 40; i++) answers.push(first.submit.add(1))
      await second.submit.add(0)
      cluster.network.partition(round % 2 === 0 ? [[1, 2], [3]] : [[1], [2, 3]])
      for (let i = 0; i < 40; i++) answers.push(first.submit.add(1))
      await new Promise((resolve) => setTimeout(resolve, 3))
      cluster.network.heal()
    }
    assert.equal(
      await Promise.all(answers),
      Array.from({ length: 480 }, (_, i) => i + 1),
    )
    assert.is(await third.read((state) => state.value), 480)
  }),
)

test(
  'a daemon that dies and comes back costs its replica nothing',
  onCluster(async (cluster) => {
    const [first, second] = (await cluster.openAll()) as Three
    const down = first.once('down')
    cluster.network.crashNode(1)
    await down
    assert.equal(first.status.members, [])
    const waiting = first.submit.add(5)
    assert.is(await second.submit.add(1), 1)
    cluster.network.restartNode(1)
    assert.is(await waiting, 6)
  }),
)

test(
  'a replica that is opened again without its disk gets all from the others',
  onCluster(async (cluster) => {
    const [first, second] = (await cluster.openAll()) as Three
    for (let i = 0; i < 20; i++) await second.submit.add(1)
    await first.close()
    await second.submit.register('while it was away')
    const again = await cluster.open(1)
    const current = again.once('current')
    await again.ready({ deadlineMs: 5000 })
    assert.equal(again.state, { value: 20, names: ['while it was away'] })
    assert.is((await current).snapshot, null, 'the entries were there')
    assert.is(await again.submit.add(1), 21)
  }),
)

test(
  'a replica that joins late gets a snapshot of what is no longer in the log',
  onCluster(async (cluster) => {
    const limits = { retainedEntriesMax: 5 }
    const first = await cluster.open(1, { limits })
    const second = await cluster.open(2, { limits })
    const third = await cluster.open(3, { limits })
    for (let i = 0; i < 60; i++) await first.submit.add(1)
    await third.close()
    for (let i = 0; i < 60; i++) await second.submit.add(1)
    const late = await cluster.open(3, { limits })
    const caughtUp: string[] = []
    late.on('catching-up', ({ from, to }) => caughtUp.push(from < to ? 'catching-up' : `${from} to ${to}`))
    late.on('current', () => caughtUp.push('current'))
    const current = late.once('current')
    await late.ready({ deadlineMs: 5000 })
    assert.is(late.state.value, 120)
    assert.is(await late.submit.add(1), 121)
    assert.is(caughtUp.at(0), 'catching-up')
    assert.is(caughtUp.at(-1), 'current')
    assert.ok(Number((await current).snapshot) > 60, 'by a snapshot')
  }),
)

test(
  'with disks, all may end at once: what was confirmed is there when they are opened again',
  onCluster(async (cluster) => {
    const disks = new Map(cluster.nodes.map((nodeid) => [nodeid, new MemoryDisk()]))
    const stored = (nodeid: number) => ({ storage: (disks.get(nodeid) as MemoryDisk).open() })
    const before = (await cluster.openAll(stored)) as Three
    const results = await Promise.all(Array.from({ length: 30 }, () => before[1].submit.add(2)))
    assert.is(results.at(-1), 60)
    await endAll(cluster, before, disks)
    const [first] = (await cluster.openAll(stored)) as Three
    assert.is(await first.read((state) => state.value), 60)
    assert.is(await first.submit.add(1), 61)
  }),
)

/** As at a power failure: nobody writes anything any more. */
async function endAll(
  { network }: Cluster,
  replicas: Three,
  disks: ReadonlyMap<number, MemoryDisk>,
): Promise<void> {
  for (const disk of disks.values()) disk.crash()
  for (const { status } of replicas) network.killProcess(status.self)
  await Promise.all(replicas.map((replica) => replica.close()))
}

test(
  'a disk that fails makes its replica leave, and the others go on',
  onCluster(async (cluster) => {
    const disk = new MemoryDisk()
    const [first, second] = (await cluster.openAll((nodeid) =>
      nodeid === 1 ? { storage: disk.open() } : {},
    )) as Three
    const stopped = first.once('stopped')
    disk.fail(new Error('The disk is full.'))
    const open = failureOf(first.submit.add(1))
    assert.match((await stopped).error.message, /on node 1 has stopped and left: The disk is full/)
    assert.match(await open, /StorageFailed unknown|fulfilled/)
    await until(() => second.status.members.length === 2, 'it has left')
    assert.type(await second.submit.add(1), 'number')
  }),
)

test(
  'a replica without its group begins again when all voters are here, and not before',
  onCluster(async (cluster) => {
    const first = await cluster.open(1)
    const second = await cluster.open(2)
    const early = second.submit.add(1)
    const late = await first.ready({ deadlineMs: 100 }).catch(String)
    assert.match(String(late), /deadline passed before the replica was ready: .* missing is node 3: start it/)
    assert.is(first.status.obstacle?.reason, 'bootstrap')
    await cluster.open(3)
    assert.is(await early, 1)
  }),
)

class Unsaved implements ForeignState<{ go(): void }> {
  apply(): void {}
  snapshot(): Uint8Array {
    throw new Error('The disk of the machine is gone.')
  }
  restore(): void {}
  digest(): number {
    return 0
  }
}

test('a machine that gives no snapshot stops its replica, which says why', async () => {
  const network = new MemoryNetwork({ nodes: [1, 2] })
  const machine = defineForeignMachine<Unsaved, { go(): void }>({
    ...{ name: 'unsaved', version: 1, commands: ['go'] },
    open: () => new Unsaved(),
  })
  const limits = { retainedEntriesMax: 1 }
  const open = (nodeid: number) =>
    openReplica({ machine, group: 'unsaved', transport: network.node(nodeid), voters: [1], limits })
  const donor = await open(1)
  const stopped = donor.once('stopped')
  for (let i = 0; i < 5; i++) await donor.submit.go()
  const joiner = await open(2)
  assert.match(
    (await stopped).error.message,
    /node 1 has stopped and left: No snapshot of the machine's state can be made: The disk of the machine is gone/,
  )
  await Promise.all([donor.close(), joiner.close()])
})

test.run()

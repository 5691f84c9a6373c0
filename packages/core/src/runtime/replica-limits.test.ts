// Deadlines, signals, back-pressure, and the end: each command gets one definite answer.

import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { QuorateError } from '../errors.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import {
  type Cluster,
  type CounterReplica,
  counter,
  failureOf,
  onCluster,
  until,
} from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'

const test = suite('limits of calls')
type Three = [CounterReplica, CounterReplica, CounterReplica]

/** Nothing gets through to node 1, and it does not notice: what it sends is on its way. */
async function withHungOthers(cluster: Cluster): Promise<Three> {
  const replicas = (await cluster.openAll()) as Three
  cluster.network.withhold(1, [2, 3])
  return replicas
}

/** Node 1 is alone: it sends nothing. */
async function withoutQuorum(cluster: Cluster, options = {}): Promise<Three> {
  const replicas = (await cluster.openAll(() => options)) as Three
  cluster.network.partition([[1], [2, 3]])
  await until(() => !replicas[0].status.primary, 'it knows that it is alone')
  return replicas
}

test(
  'a command that was never sent is given up for good at its deadline',
  onCluster(async (cluster) => {
    const [replica] = await withoutQuorum(cluster)
    assert.is(await failureOf(replica.with({ deadlineMs: 20 }).submit.add(1)), 'Deadline unapplied')
    assert.is(replica.status.open.commands, 0)
    cluster.network.heal()
    assert.is(await replica.submit.add(2), 2)
  }),
)

test(
  'a command that was sent may be applied after its deadline',
  onCluster(async (cluster) => {
    const [replica] = await withHungOthers(cluster)
    assert.is(await failureOf(replica.with({ deadlineMs: 20 }).submit.add(1)), 'Deadline unknown')
    assert.is(replica.status.open.commands, 1)
    cluster.network.release(1)
    assert.is(await replica.submit.add(2), 3)
    assert.is(replica.status.open.commands, 0)
  }),
)

test(
  'a signal gives up likewise',
  onCluster(async (cluster) => {
    const [replica] = await withoutQuorum(cluster)
    const controller = new AbortController()
    const { signal } = controller
    const [command, read] = [replica.with({ signal }).submit.add(1), replica.ready({ signal })]
    controller.abort(new Error('the user left'))
    const error = await command.catch((thrown: unknown) => thrown)
    assert.match(String(error), /The signal fired before the command was sent/)
    assert.match(String((error as Error).cause), /the user left/)
    assert.is(await failureOf(read), 'Aborted')
    assert.is(await failureOf(replica.with({ signal }).submit.add(1)), 'Aborted unapplied')
    cluster.network.heal()
    assert.is(await replica.submit.add(2), 2)
  }),
)

test(
  'a signal of a command under way leaves it open',
  onCluster(async (cluster) => {
    const [replica] = await withHungOthers(cluster)
    const controller = new AbortController()
    const command = replica.with({ signal: controller.signal }).submit.add(1)
    await sleep(20)
    controller.abort()
    assert.is(await failureOf(command), 'Aborted unknown')
  }),
)

test(
  'a read has deadlines and signals too',
  onCluster(async (cluster) => {
    const [replica] = await withHungOthers(cluster)
    assert.is(await failureOf(replica.read((state) => state.value, { deadlineMs: 20 })), 'Deadline')
    const controller = new AbortController()
    const read = replica.with({ signal: controller.signal }).read((state) => state.value)
    controller.abort()
    assert.is(await failureOf(read), 'Aborted')
    assert.is(
      await failureOf(replica.read((state) => state.value, { deadlineMs: Number.NaN })),
      'BadOption unapplied',
    )
    assert.is(replica.status.open.reads, 0)
  }),
)

const isBadOption = ({ code, outcome }: QuorateError): boolean =>
  code === 'BadOption' && outcome === 'unapplied'

test(
  'what is no deadline and no signal is refused before anything is sent',
  onCluster(async (cluster) => {
    const [replica] = (await cluster.openAll()) as Three
    const wrong = [
      { deadlineMs: -1 },
      { deadlineMs: '5' },
      { signal: new AbortController() },
      { signal: null },
      { deadline: 5 },
      null,
      5,
    ]
    for (const call of wrong) {
      assert.throws(() => replica.with(call as never), isBadOption)
      assert.is(await failureOf(replica.read(() => 1, call as never)), 'BadOption unapplied')
      assert.is(await failureOf(replica.ready(call as never)), 'BadOption unapplied')
    }
    assert.is(await replica.with({ deadlineMs: Number.POSITIVE_INFINITY }).submit.add(1), 1)
  }),
)

test(
  'a signal serves any number of calls, and Node warns of nothing',
  onCluster(async (cluster) => {
    const [replica] = (await cluster.openAll()) as Three
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 50 }, () => replica.with({ signal }).submit.add(1)))
    await sleep(5)
    process.off('warning', note)
    assert.equal(warnings, [])
  }),
)

test(
  'beyond the bound commands wait in line, first come, first served',
  onCluster(async (cluster) => {
    const [replica] = await withoutQuorum(cluster, { limits: { openCommandsMax: 10 } })
    const answers = Array.from({ length: 25 }, () => replica.submit.add(1))
    const given = failureOf(replica.with({ deadlineMs: 20 }).submit.add(1000))
    assert.equal(
      { ...replica.status.open },
      { commands: 26, waiting: 16, bytes: replica.status.open.bytes, reads: 0 },
    )
    assert.is(await given, 'Deadline unapplied')
    assert.is(replica.status.open.waiting, 15)
    cluster.network.heal()
    assert.equal(
      await Promise.all(answers),
      Array.from({ length: 25 }, (_, i) => i + 1),
    )
    assert.equal(replica.status.open, { commands: 0, waiting: 0, bytes: 0, reads: 0 })
  }),
)

test(
  'beyond the bound commands are rejected, when told so, and room comes back',
  onCluster(async (cluster) => {
    const overload = { overload: 'reject', limits: { openCommandsMax: 3 } }
    const [replica] = await withoutQuorum(cluster, overload)
    const answers = [1, 2, 3].map((by) => replica.with({ deadlineMs: by === 1 ? 50 : 10_000 }).submit.add(by))
    const first = failureOf(answers[0] as Promise<number>)
    assert.is(await failureOf(replica.submit.add(4)), 'Overloaded unapplied')
    assert.is(await first, 'Deadline unapplied')
    const fourth = replica.submit.add(4)
    cluster.network.heal()
    assert.equal(await Promise.all([...answers.slice(1), fourth]), [2, 5, 9])
  }),
)

test(
  'bytes are bounded as well, and a command larger than that goes alone',
  onCluster(async (cluster) => {
    const overload = { overload: 'reject', limits: { openBytesMax: 1000 } }
    const [replica] = await withoutQuorum(cluster, overload)
    const large = replica.submit.register('x'.repeat(5000))
    assert.is(await failureOf(replica.submit.add(1)), 'Overloaded unapplied')
    cluster.network.heal()
    assert.equal(await large, { place: 1 })
    assert.is(await replica.submit.add(1), 1)
  }),
)

test(
  'reads are bounded, also those that were given up and wait for their marker',
  onCluster(async (cluster) => {
    const [replica] = (await cluster.openAll(() => ({ limits: { openCommandsMax: 5 } }))) as Three
    cluster.network.withhold(1, [2, 3])
    const read = () => replica.read((state) => state.value, { deadlineMs: 20 })
    assert.equal(await Promise.all(Array.from({ length: 6 }, () => failureOf(read()))), [
      ...Array.from({ length: 5 }, () => 'Deadline'),
      'Overloaded',
    ])
    assert.is(await failureOf(read()), 'Overloaded')
    cluster.network.release(1)
    await until(() => replica.status.applied === replica.status.committed, 'markers come')
    await replica.submit.add(1)
    assert.is(await read(), 1)
  }),
)

test('a command that no message can hold is refused', async () => {
  const network = new MemoryNetwork({ nodes: [1], messageBytesMax: 10_000 })
  const transport = network.node(1)
  const replica = await openReplica({ machine: counter, group: 'small', transport, voters: [1] })
  assert.is(await failureOf(replica.submit.register('x'.repeat(9500))), 'BadOption unapplied')
  // A batch of as many as there are would not fit either.
  const names = Array.from({ length: 40 }, (_, i) => `${i}`.repeat(400))
  await Promise.all(names.map((name) => replica.submit.register(name)))
  assert.equal(replica.state.names, names)
  await replica.close()
})

test(
  'close answers every open call, and says which commands may yet be applied',
  onCluster(async (cluster) => {
    const [replica, second] = (await cluster.openAll(() => ({ limits: { openCommandsMax: 3 } }))) as Three
    cluster.network.withhold(1, [2, 3])
    const sent = [1, 2].map((by) => failureOf(replica.submit.add(by)))
    await sleep(20)
    const unsent = [3, 4].map((by) => failureOf(replica.submit.add(by)))
    const read = failureOf(replica.read((state) => state.value))
    await replica.close()
    assert.equal(await Promise.all(sent), ['Closed unknown', 'Closed unknown'])
    assert.equal(await Promise.all(unsent), ['Closed unapplied', 'Closed unapplied'])
    assert.is(await read, 'Closed')
    assert.is(await failureOf(replica.submit.add(5)), 'Closed unapplied')
    assert.is(await failureOf(replica.ready()), 'Closed')
    // What was sent came through.
    await until(() => second.state.value === 3, 'the commands that were sent')
  }),
)

test(
  'close may be called again, and `await using` closes',
  onCluster(async (cluster) => {
    const [first, second] = (await cluster.openAll()) as Three
    await Promise.all([first.close(), first.close()])
    await first[Symbol.asyncDispose]()
    await until(() => second.status.members.length === 2, 'it has left')
  }),
)

test.run()

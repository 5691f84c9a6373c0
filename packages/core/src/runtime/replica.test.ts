// What an application sees of three replicas while nothing fails.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError, Rejection } from '../errors.ts'
import { defineMachine } from '../machine/define-machine.ts'
import type { StateOf } from '../machine/machine.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { type CounterReplica, type counter, failureOf, onCluster, until } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'
import type { Replica } from './replica.ts'

const test = suite('replica')

test(
  'a command is applied on all replicas and answered once',
  onCluster(async (cluster) => {
    const [first, second, third] = (await cluster.openAll()) as [
      CounterReplica,
      CounterReplica,
      CounterReplica,
    ]
    assert.is(await first.submit.add(5), 5)
    assert.is(await second.submit.add(2), 7)
    assert.is(await third.read((state) => state.value), 7)
    await until(() => first.state.value === 7 && second.state.value === 7, 'all have both')
  }),
)

test(
  'commands of one caller are applied in the order of the calls, and each caller gets its result',
  onCluster(async (cluster) => {
    const replicas = await cluster.openAll()
    const results = await Promise.all(
      replicas.map((replica) => Promise.all(Array.from({ length: 100 }, () => replica.submit.add(1)))),
    )
    for (const each of results)
      assert.equal(
        each,
        [...each].sort((a, b) => a - b),
      )
    assert.equal(
      results.flat().sort((a, b) => a - b),
      Array.from({ length: 300 }, (_, i) => i + 1),
    )
  }),
)

test(
  'a rejection reaches the caller and changes nothing',
  onCluster(async (cluster) => {
    const [replica] = (await cluster.openAll()) as [CounterReplica]
    assert.equal(await replica.submit.register('a'), { place: 1 })
    const error = await replica.submit.register('a').catch((thrown: unknown) => thrown)
    assert.instance(error, Rejection)
    assert.equal([(error as Rejection).code, (error as Rejection).data], ['taken', { name: 'a' }])
    assert.equal(replica.state.names, ['a'])
  }),
)

test(
  'a read sees all that was answered before it, wherever',
  onCluster(async (cluster) => {
    const [first, second] = (await cluster.openAll()) as [CounterReplica, CounterReplica]
    for (let value = 1; value <= 50; value++) {
      await first.submit.add(1)
      assert.is(await second.read((state) => state.value), value)
    }
  }),
)

test(
  'a selector that throws fails its read alone',
  onCluster(async (cluster) => {
    const [replica] = (await cluster.openAll()) as [CounterReplica]
    const bug = new Error('of the selector')
    const reads = [
      replica.read(() => {
        throw bug
      }),
      replica.read((state) => state.value),
    ]
    const [failed, fine] = await Promise.allSettled(reads)
    assert.is((failed as PromiseRejectedResult).reason, bug)
    assert.is((fine as PromiseFulfilledResult<number>).value, 0)
  }),
)

test(
  'a learner submits and reads as anybody, and does not count',
  onCluster(
    async (cluster) => {
      const voters = [1, 2, 3]
      const [one, two, learner] = await Promise.all(
        [1, 2, 4].map((nodeid) => cluster.open(nodeid, { voters })),
      )
      await cluster.open(3, { voters })
      assert.is(await (learner as CounterReplica).submit.add(3), 3)
      assert.is((learner as CounterReplica).status.role, 'learner')
      cluster.network.partition([
        [1, 4],
        [2, 3],
      ])
      await until(() => one?.status.primary === false, 'one is alone with a learner')
      await until(() => two?.status.primary === true, 'the other two go on')
      assert.is(
        await failureOf((learner as CounterReplica).with({ deadlineMs: 300 }).submit.add(1)),
        'Deadline unapplied',
      )
    },
    [1, 2, 3, 4],
  ),
)

test(
  'input that cannot be sent is refused at once, and a command that does not exist',
  onCluster(async (cluster) => {
    const [replica] = (await cluster.openAll()) as [CounterReplica]
    assert.is(await failureOf(replica.submit.add((() => 1) as unknown as number)), 'Unserializable unapplied')
    const untyped = replica.submit as unknown as Record<string, (input: unknown) => Promise<unknown>>
    assert.throws(
      () => untyped['multiply']?.(2),
      (error: unknown) =>
        error instanceof QuorateError &&
        error.code === 'BadOption' &&
        error.message.includes("no command 'multiply'"),
    )
    // An object of promises is taken for one by `await` if it has a `then`; this one has no such command.
    assert.is((replica.submit as unknown as Record<symbol, unknown>)[Symbol.toPrimitive], undefined)
  }),
)

test(
  'a bug of the machine stops the replica, loudly, and names the command',
  onCluster(async (cluster) => {
    const replicas = (await cluster.openAll()) as [CounterReplica, CounterReplica, CounterReplica]
    const stopped = replicas[0].once('stopped')
    assert.is(await failureOf(replicas[0].submit.crash(1)), 'Stopped unknown')
    const { error } = await stopped
    assert.is(error.code, 'Stopped')
    assert.match(error.message, /in the command 'crash'/)
    assert.is((error.cause as QuorateError).code, 'MachineFailed')
    assert.is(await failureOf(replicas[0].submit.add(1)), 'Stopped unapplied')
    assert.is(await failureOf(replicas[0].read((state) => state)), 'Stopped')
    assert.is(replicas[0].status.ended?.code, 'Stopped')
  }),
)

test(
  'the state cannot be written by who reads it',
  onCluster(async (cluster) => {
    const [replica] = (await cluster.openAll()) as [CounterReplica]
    assert.throws(() => {
      replica.state.value = 7
    }, TypeError)
  }),
)

test(
  'submit may be awaited, returned and shown, and a name that is no command says so',
  onCluster(
    async (cluster) => {
      const { submit } = await cluster.open(1)
      assert.is(await submit, submit)
      assert.is(JSON.stringify({ submit }), '{"submit":{}}')
      const wrong = submit as unknown as Record<string, () => void>
      assert.throws(() => wrong['multiply']?.(), /The machine has no command 'multiply'/)
    },
    [1],
  ),
)

test('a reducer that submits is told what to do instead', async () => {
  const network = new MemoryNetwork({ nodes: [1] })
  const machine = defineMachine({
    name: 'recursive',
    version: 1,
    initial: () => ({}),
    reducers: {
      again() {
        void (replica as unknown as { submit: { again(): unknown } }).submit.again()
      },
    },
  })
  const options = { machine, group: 'recursive', transport: network.node(1), voters: [1] }
  const replica: Replica<typeof machine> = await openReplica(options)
  const error = await replica.submit.again().catch((thrown: unknown) => thrown)
  assert.match(String(error), /replica\.submit in a reducer .* Use ctx\.schedule/)
  await replica.close()
})

test('types flow from the reducers to the callers', () => {
  const same = <A, B>(_: [A] extends [B] ? ([B] extends [A] ? true : never) : never): void => {}
  const typed = (replica: CounterReplica) => {
    const added = () => replica.submit.add(5)
    same<Awaited<ReturnType<typeof added>>, number>(true)
    const registered = () => replica.with({ deadlineMs: 5 }).submit.register('a')
    same<Awaited<ReturnType<typeof registered>>, { place: number }>(true)
    const read = () => replica.read((state) => state.names)
    same<Awaited<ReturnType<typeof read>>, string[]>(true)
    same<typeof replica.state, StateOf<typeof counter>>(true)
    replica.subscribe(
      (state) => state.value,
      (value, before) => same<typeof value | typeof before, number>(true),
    )
    replica.on('leader', ({ leader }) =>
      same<typeof leader, import('./replica-events.ts').Leader | null>(true),
    )
    return [
      // @ts-expect-error a number is asked for
      () => replica.submit.add('5'),
      // @ts-expect-error there is no such command
      () => replica.submit.multiply(5),
      // @ts-expect-error the command has no input
      () => replica.with({}).submit.reset(1),
      // @ts-expect-error the state has no such field
      () => replica.read((state) => state.missing),
      // @ts-expect-error there is no such event
      () => replica.on('quorum', () => {}),
    ]
  }
  assert.type(typed, 'function')
})

test.run()

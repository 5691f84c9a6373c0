// Bounds that change while a replica runs: what holds at once, what is refused, and what is told.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError } from '../errors.ts'
import { defineMachine } from '../machine/define-machine.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { type CounterReplica, counter, failureOf, onCluster, until } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'
import type { Tunables } from './tuning.ts'

const test = suite('tuning')

/** A replica alone, which commits by itself. */
const alone = (play: (replica: CounterReplica) => Promise<void> | void) =>
  onCluster(async (cluster) => play((await cluster.openAll())[0] as CounterReplica), [1])

/** How many entries ten commands of one turn become. */
async function entriesOfTen(replica: CounterReplica): Promise<number> {
  const before = replica.status.applied
  await Promise.all(Array.from({ length: 10 }, () => replica.submit.add(1)))
  return replica.status.applied - before
}

test(
  'the size of batches holds from the next batch on',
  alone(async (replica) => {
    assert.is(await entriesOfTen(replica), 1)
    replica.tune({ limits: { batchCommandsMax: 2 } })
    assert.is(await entriesOfTen(replica), 5)
    replica.tune({ limits: { batchCommandsMax: undefined } })
    assert.is(await entriesOfTen(replica), 1)
  }),
)

test(
  'what waits for room comes in as soon as there is more of it',
  onCluster(async (cluster) => {
    const [replica] = (await cluster.openAll(() => ({ limits: { openCommandsMax: 2 } }))) as [CounterReplica]
    cluster.network.partition([[1], [2, 3]])
    const answers = Array.from({ length: 5 }, () => replica.submit.add(1))
    assert.is(replica.status.open.waiting, 3)
    replica.tune({ limits: { openCommandsMax: 4 } })
    assert.is(replica.status.open.waiting, 1)
    replica.tune({ limits: { openCommandsMax: 1 } })
    assert.is(replica.status.open.waiting, 1)
    cluster.network.heal()
    assert.equal(await Promise.all(answers), [1, 2, 3, 4, 5])
  }),
)

test(
  'reads fail by the new time without quorum, also when that time has begun',
  onCluster(async (cluster) => {
    const [replica] = (await cluster.openAll(() => ({ timeouts: { noQuorumMs: 60_000 } }))) as [
      CounterReplica,
    ]
    cluster.network.partition([[1], [2, 3]])
    await until(() => !replica.status.primary, 'it knows that it is alone')
    const read = failureOf(replica.read((state) => state.value, { deadlineMs: 5000 }))
    replica.tune({ timeouts: { noQuorumMs: 1 } })
    assert.is(await read, 'NoQuorum')
  }),
)

test('a batch stays smaller than a message of the transport', async () => {
  const transport = new MemoryNetwork({ nodes: [1], messageBytesMax: 10_000 }).node(1)
  const replica = await openReplica({ machine: counter, group: 'small', transport, voters: [1] })
  replica.tune({ limits: { batchBytesMax: 1_000_000 } })
  const names = Array.from({ length: 40 }, (_, i) => `${i}`.repeat(400))
  await Promise.all(names.map((name) => replica.submit.register(name)))
  assert.equal(replica.state.names, names)
  await replica.close()
})

test(
  'a reader of events may leave as many unread as now is said',
  alone(async (replica) => {
    const events = replica.events()
    replica.tune({ limits: { unreadEventsMax: 1 } })
    for (const name of ['a', 'b']) await replica.submit.register(name)
    await events.next()
    assert.match(String(await events.next().catch(String)), /1 events were not read in time/)
  }),
)

test(
  'what changes is told once, with all bounds; what does not is not told',
  alone(async (replica) => {
    const told: unknown[] = []
    replica.on('tuned', ({ changed, limits, timeouts }) =>
      told.push([changed, limits.batchCommandsMax, timeouts.tickMs]),
    )
    replica.tune({ limits: { batchCommandsMax: 7 }, timeouts: { tickMs: 200 } })
    replica.tune({ limits: { batchCommandsMax: 7 } })
    replica.tune({ limits: { batchCommandsMax: undefined } })
    replica.tune({})
    await replica.submit.add(1)
    assert.equal(told, [
      [['limits.batchCommandsMax', 'timeouts.tickMs'], 7, 200],
      [['limits.batchCommandsMax'], 512, 200],
    ])
    assert.is(replica.bounds.timeouts.tickMs, 200)
  }),
)

const refusals: readonly [what: string, changes: unknown, message: RegExp][] = [
  ['nothing at all', null, /it takes limits and timeouts, and is given null/],
  ['an unknown part', { limit: {} }, /there is no bounds limit: is limits meant/],
  ['an unknown limit', { limits: { batchMax: 1 } }, /there is no limits.batchMax; there are: /],
  ['limits that are no object', { limits: 5 }, /limits must be an object, and is 5/],
  ['limits that are null', { limits: null }, /limits must be an object, and is null/],
  [
    'a number in text',
    { timeouts: { tickMs: '5' } },
    /timeouts.tickMs must be a whole number above 0, and is 5/,
  ],
  [
    'another size of chunks',
    { limits: { chunkBytesMax: 1 } },
    /chunkBytesMax stays as long as a replica runs/,
  ],
  ['another number of chunks', { limits: { chunksInFlightMax: 1 } }, /chunksInFlightMax stays/],
  [
    'less room than may be open',
    { limits: { heldBytesMax: 1 } },
    /heldBytesMax is 1, less than the 16777216/,
  ],
  [
    'more open than the machine takes',
    { limits: { openCommandsMax: 1e9 } },
    /raise openCommandsMax in the mach/,
  ],
]

for (const [what, changes, message] of refusals) {
  test(
    `${what}: refused, and nothing has changed`,
    alone((replica) => {
      const before = replica.bounds
      const both = { timeouts: { stallMs: 7 }, ...(changes as Tunables) }
      const given = changes === null ? changes : both
      assert.throws(
        () => replica.tune(given as Tunables),
        (error: QuorateError) => error.code === 'BadOption' && message.test(error.message),
      )
      assert.equal(replica.bounds, before)
    }),
  )
}

test(
  'bounds that go together only as changed are taken together',
  alone((replica) => {
    const openBytesMax = 2 ** 30
    assert.throws(() => replica.tune({ limits: { openBytesMax } }), /Raise it/)
    replica.tune({ limits: { openBytesMax, heldBytesMax: openBytesMax, backlogBytesMax: openBytesMax } })
    assert.is(replica.bounds.limits.openBytesMax, openBytesMax)
  }),
)

test(
  'a replica that is closed is not tuned',
  alone(async (replica) => {
    await replica.close()
    assert.throws(
      () => replica.tune({ limits: { batchCommandsMax: 1 } }),
      (error: QuorateError) => error.code === 'Closed',
    )
  }),
)

test('a reducer that tunes is told what to do instead', async () => {
  const machine = defineMachine({
    name: 'tuner',
    version: 1,
    initial: () => ({}),
    reducers: {
      tune() {
        replica.tune({ limits: { batchCommandsMax: 1 } })
      },
    },
  })
  const transport = new MemoryNetwork({ nodes: [1] }).node(1)
  const replica: { tune(changes: Tunables): void; close(): Promise<void> } = await openReplica({
    ...{ machine, group: 'tuner', transport, voters: [1] },
  })
  const { submit } = replica as unknown as { submit: { tune(): Promise<void> } }
  const error = await submit.tune().catch((thrown: unknown) => thrown)
  assert.instance(error, QuorateError)
  assert.match(String(error), /replica\.tune in a reducer .* Give them to ctx\.emit/)
  await replica.close()
})

test.run()

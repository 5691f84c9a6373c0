// What a replica tells: events, leadership, subscriptions, what the machine emits, diagnostics channels.

import { channel } from 'node:diagnostics_channel'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compareBallots } from '../wire/ballot.ts'
import { type CounterReplica, failureOf, onCluster, until } from './cluster.test-support.ts'
import type { Emitted } from './emitted-events.ts'
import { fencingToken } from './fencing-token.ts'
import type { ReplicaEventName } from './replica-events.ts'

const test = suite('what a replica tells')
type Three = [CounterReplica, CounterReplica, CounterReplica]

const names: readonly ReplicaEventName[] = [
  'primary',
  'no-quorum',
  'leader',
  'catching-up',
  'current',
  'down',
  'stopped',
]

const lastView = (told: readonly string[]) => told.findLast((each) => each.startsWith('view'))

/** What is thrown where nothing catches it, until `end`. */
function noteUncaught(): { thrown: unknown[]; end(): void } {
  const thrown: unknown[] = []
  const note = (error: unknown): void => void thrown.push(error)
  process.on('uncaughtException', note)
  return { thrown, end: () => process.off('uncaughtException', note) }
}

function record(replica: CounterReplica): string[] {
  const told: string[] = []
  for (const name of names) replica.on(name, () => told.push(name))
  replica.on('view', ({ members }) => told.push(`view ${members.map(({ nodeid }) => nodeid)}`))
  return told
}

test(
  'a partition and its end, as the cut off member tells them',
  onCluster(async (cluster) => {
    const [replica] = (await cluster.openAll()) as Three
    const told = record(replica)
    cluster.network.partition([[1], [2, 3]])
    await replica.once('no-quorum')
    cluster.network.heal()
    await replica.once('primary')
    await until(() => told.at(-1) === 'leader', 'all is told')
    const once = told.filter(
      (each, place) => !each.startsWith('view') || each !== lastView(told.slice(0, place)),
    )
    assert.equal(once, ['view 1', 'leader', 'no-quorum', 'view 1,2,3', 'primary', 'leader'])
  }),
)

test(
  'a first opening tells when the replica is current',
  onCluster(
    async (cluster) => {
      const replica = await cluster.open(1)
      const told = record(replica)
      await replica.once('current')
      assert.equal(told.slice(-3), ['primary', 'leader', 'current'])
    },
    [1],
  ),
)

test(
  'each epoch has one leader, and its token is above all before',
  onCluster(async (cluster) => {
    const replicas = (await cluster.openAll()) as Three
    const told = replicas.map(({ status }) => [status.leader])
    for (const [place, replica] of replicas.entries())
      replica.on('leader', ({ leader }) => told[place]?.push(leader))
    for (const cutOff of [1, 2, 3, 1]) {
      const others = [1, 2, 3].filter((nodeid) => nodeid !== cutOff)
      cluster.network.partition([[cutOff], others])
      await until(
        () => replicas.every(({ status }) => status.primary === others.includes(status.self.nodeid)),
        'the others go on',
      )
      cluster.network.heal()
      await until(() => replicas.every(({ status }) => status.primary), 'all are back')
    }
    const leaderOf = new Map<bigint, number>()
    for (const [place, leaders] of told.entries()) {
      const known = leaders.filter((leader) => leader !== null)
      assert.ok(known.length >= 5)
      const tokens = known.map(({ fencingToken: token }) => token)
      assert.equal(
        tokens,
        [...tokens].sort((a, b) => (a < b ? -1 : 1)),
      )
      for (const { nodeid, fencingToken: token, self } of known) {
        assert.is(leaderOf.get(token) ?? nodeid, nodeid)
        leaderOf.set(token, nodeid)
        assert.is(self, nodeid === place + 1)
      }
    }
  }),
)

test('tokens are ordered as ballots are', () => {
  const some = [1, 2, 2 ** 32 - 1]
  const ballots = [0, 1, 2, 2 ** 40].flatMap((number) =>
    some.flatMap((nodeid) =>
      [0, 1, 2 ** 53 - 1].map((incarnation) => ({ number, nodeid, incarnation: incarnation as 0 })),
    ),
  )
  for (const a of ballots) {
    for (const b of ballots) {
      const difference = fencingToken(a) - fencingToken(b)
      assert.is(Math.sign(Number(difference)), Math.sign(compareBallots(a, b)))
    }
  }
})

test(
  'a subscription hears of changes of what it selects, and of nothing else',
  onCluster(async (cluster) => {
    const [replica, other] = (await cluster.openAll()) as Three
    const heard: unknown[] = []
    const end = replica.subscribe(
      (state) => state.value,
      (value, before) => heard.push([before, value]),
    )
    await other.submit.add(3)
    await other.submit.register('not selected')
    await other.submit.add(4)
    await replica.read(() => {})
    assert.equal(heard, [
      [0, 3],
      [3, 7],
    ])
    end()
    await replica.submit.add(1)
    assert.is(heard.length, 2)
  }),
)

test(
  'a subscription compares as it is told',
  onCluster(async (cluster) => {
    const [replica] = (await cluster.openAll()) as Three
    const heard: unknown[] = []
    const even = (a: number, b: number) => a % 2 === b % 2
    replica.subscribe(
      (state) => state.value,
      (value) => heard.push(value),
      even,
    )
    for (let i = 0; i < 4; i++) await replica.submit.add(i)
    await replica.read(() => {})
    assert.equal(heard, [1, 6])
  }),
)

test(
  'what the machine emits comes in order, everywhere, and ends with the replica',
  onCluster(async (cluster) => {
    const [first, second] = (await cluster.openAll()) as Three
    const streams = [first, second].map((replica) => replica.events())
    for (const name of ['a', 'b']) await first.submit.register(name)
    assert.is(await first.submit.register('b').catch((error: Error) => error.message), 'b is taken')
    await second.read(() => {})
    await Promise.all([first.close(), second.close()])
    for (const stream of streams) {
      const events: Emitted[] = []
      for await (const emitted of stream) events.push(emitted)
      assert.equal(
        events.map(({ event }) => event),
        [{ registered: 'a' }, { registered: 'b' }],
      )
      assert.ok((events[0]?.index ?? 0) < (events[1]?.index ?? 0))
    }
    assert.equal(await first.events().next(), { done: true, value: undefined })
  }),
)

test(
  'a reader of events that leaves too much unread is told so',
  onCluster(
    async (cluster) => {
      const replica = await cluster.open(1, { limits: { unreadEventsMax: 2 } })
      const events = replica.events()
      for (const name of ['a', 'b', 'c', 'd']) await replica.submit.register(name)
      assert.equal((await events.next()).value?.event, { registered: 'a' })
      assert.equal((await events.next()).value?.event, { registered: 'b' })
      assert.is(await failureOf(events.next()), 'Overloaded')
    },
    [1],
  ),
)

test(
  'a reader of events may stop at any time, also while it waits or before it has begun',
  onCluster(
    async (cluster) => {
      const replica = await cluster.open(1)
      const waiting = replica.events()
      const next = waiting.next()
      const unread = replica.events()
      await Promise.all([waiting.return?.(), unread.return?.()])
      assert.equal(await next, { done: true, value: undefined })
      await replica.submit.register('a')
      for (const stream of [waiting, unread])
        assert.equal(await stream.next(), { done: true, value: undefined })
      for (const stream of [replica.events(), replica.events()]) {
        const two = [stream.next(), stream.next()]
        for (const name of ['x', 'y']) await replica.submit.register(`${name}${replica.state.names.length}`)
        assert.equal(
          (await Promise.all(two)).map(({ done }) => done),
          [false, false],
        )
      }
    },
    [1],
  ),
)

test(
  'who waits for an event can give up',
  onCluster(
    async (cluster) => {
      const replica = await cluster.open(1)
      const controller = new AbortController()
      const waiting = failureOf(replica.once('stopped', { signal: controller.signal }))
      controller.abort()
      assert.is(await waiting, 'Aborted')
      const early = replica.once('stopped', { signal: AbortSignal.abort() })
      assert.is(await failureOf(early), 'Aborted unapplied')
    },
    [1],
  ),
)

test(
  'of two processes on a node that leads, one leads',
  onCluster(
    async (cluster) => {
      const voter = await cluster.open(1)
      const learner = await cluster.open(1, { role: 'learner' })
      await Promise.all([voter, learner].map((replica) => replica.ready({ deadlineMs: 5000 })))
      await until(() => voter.status.primary && learner.status.primary, 'both take part')
      assert.equal(
        [voter, learner].map(({ status }) => status.leader?.self),
        [true, false],
      )
    },
    [1],
  ),
)

test(
  'a listener of events that throws leaves the next one its event, and one that has ended hears nothing',
  onCluster(
    async (cluster) => {
      const replica = await cluster.open(1)
      await replica.ready()
      const { thrown, end } = noteUncaught()
      const heard: string[] = []
      replica.on('view', () => {
        endLast()
        throw new Error('of a listener')
      })
      replica.on('view', () => heard.push('second'))
      const endLast = replica.on('view', () => heard.push('ended'))
      cluster.network.reform([1])
      await until(() => heard.length > 0 && thrown.length > 0, 'the view is told')
      end()
      assert.is(String(thrown[0]), 'Error: of a listener')
      assert.not(heard.includes('ended'))
    },
    [1],
  ),
)

test(
  'a listener that throws disturbs neither the replica nor the others',
  onCluster(
    async (cluster) => {
      const replica = await cluster.open(1)
      await replica.ready()
      const { thrown, end } = noteUncaught()
      let selections = 0
      const heard: number[] = []
      replica.subscribe(
        () => {
          if (selections++ > 0) throw new Error('of a selector')
        },
        () => {},
      )
      replica.subscribe(
        (state) => state.value,
        () => {
          throw new Error('of a listener')
        },
      )
      replica.subscribe(
        (state) => state.value,
        (value) => heard.push(value),
      )
      assert.is(await replica.submit.add(1), 1)
      await until(() => thrown.length === 2, 'both are thrown')
      end()
      assert.equal(thrown.map(String).sort(), ['Error: of a listener', 'Error: of a selector'])
      assert.equal(heard, [1])
    },
    [1],
  ),
)

test(
  'diagnostics channels tell the same, and of which replica',
  onCluster(
    async (cluster) => {
      const told: unknown[] = []
      const note = (message: unknown) => told.push(message)
      const primary = channel('quorate:primary')
      primary.subscribe(note)
      const replica = await cluster.open(1)
      await replica.ready()
      primary.unsubscribe(note)
      assert.equal(told, [{ group: 'test', nodeid: 1, leader: replica.status.leader }])
    },
    [1],
  ),
)

test.run()

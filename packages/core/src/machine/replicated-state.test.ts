import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Rejection } from '../errors.ts'
import { defineMachine } from './define-machine.ts'
import { frozenItem, type Item, kept, one, Stage } from './ledger.test-support.ts'
import { commands, errorOf, process, type Spoken, tick, view } from './machine.test-support.ts'
import { ReplicatedState } from './replicated-state.ts'

test('commands of a batch are applied in order, each with its result', () => {
  const stage = new Stage()
  assert.equal(stage.results(['add', 5], ['add', 6], ['add', -1]), [5, 11, 10])
  assert.is(stage.total, 10)
})

test('a rejection reaches its origin with code, message and data, and the rest of the batch is applied', () => {
  const stage = new Stage()
  const { outcomes, events } = stage.say(['add', 5], ['spoil', { code: 'no', by: 3 }], ['add', 1])
  assert.equal(
    outcomes.map(({ type }) => type),
    ['result', 'rejected', 'result'],
  )
  const rejected = outcomes[1]
  assert.ok(rejected?.type === 'rejected')
  assert.instance(rejected.rejection, Rejection)
  const { code, message, data } = rejected.rejection
  assert.equal([code, message, data], ['no', 'spoiled it', { by: 3 }])
  assert.is(stage.total, 6)
  assert.equal(events, [])
})

test('a rejected command undoes what it did to what came in with an earlier command of the batch', () => {
  const stage = new Stage()
  stage.say(['push', { n: 1 }], ['raise', 1], ['spoil', { code: 'no', by: 1 }], ['raise', 10])
  assert.equal(stage.replica.state.items, [{ n: 12 }])
})

test('a rejected command schedules, cancels and emits nothing', () => {
  const stage = new Stage()
  stage.say(['later', { key: 'later', at: 4000, by: 7 }])
  const { events } = stage.say(['tell', 'a'], ['spoil', { code: 'no', by: 1 }], ['tell', 'b'])
  assert.equal(events, ['a', 'b'])
  assert.is(stage.replica.nextTimerMs, 4000)
  stage.apply(tick(6000))
  assert.is(stage.total, 7)
})

test('a frozen constant that was put into the state is changed like anything in it', () => {
  const stage = new Stage()
  stage.say(['pushFrozen'], ['raise', 1], ['pushFrozen'], ['raise', 1])
  assert.equal(stage.replica.state.items, [{ n: 2 }, { n: 1 }])
  assert.is(frozenItem.n, 0)
})

test('results and events are copies that nothing changes any more', () => {
  const stage = new Stage()
  const [pushed] = stage.results(['push', { n: 1 }], ['raise', 5]) as [Item[]]
  assert.equal(pushed, [{ n: 1 }])
  assert.throws(() => pushed.push({ n: 2 }), /not extensible/)
  const { events } = stage.say(['tell', { deep: { n: 1 } }])
  assert.ok(Object.isFrozen((events[0] as { deep: object }).deep))
})

test('chance is the same on every replica, whatever was rejected before, and differs from place to place', () => {
  const [first, second] = [new Stage(), new Stage()]
  const spoken: Spoken[] = [['draw'], ['draw'], ['spoil', { code: 'no', by: 1 }], ['draw']]
  const drawn = first.results(...spoken)
  assert.equal(second.results(...spoken), drawn)
  assert.is(new Set(JSON.stringify(drawn[0])).size > 1, true)
  const all = [...drawn, ...first.results(['draw'])].map((draw) => JSON.stringify(draw))
  assert.is(new Set(all).size, 5)
})

test('chance differs from group to group, from the first entry on', () => {
  const drawing = defineMachine({
    name: 'drawing',
    version: 1,
    initial: () => ({ ids: [] as string[] }),
    reducers: {},
    onMembership(state, _, ctx) {
      state.ids.push(ctx.id())
    },
  })
  const ids = [1, 2].map((life) => {
    const replica = new ReplicatedState(drawing)
    replica.apply(1, view({ participants: [process(1, life)] }), one)
    return replica.state.ids[0]
  })
  assert.is.not(ids[0], ids[1])
})

test('ctx knows the entry, the cluster time and the origin', () => {
  const stage = new Stage()
  stage.apply(tick(3000))
  stage.apply(commands([['look']], { timeMs: 2000 }))
  assert.equal(stage.replica.state.seen.at(-1), { index: 3, now: 3000, origin: 1 })
})

test('ctx is refused to whoever keeps it beyond its reducer', () => {
  const stage = new Stage()
  stage.say(['keep'])
  assert.match(errorOf(() => kept?.random()).message, /ctx\.random was called after its reducer had ended/)
})

test('ctx may be taken apart', () => {
  const machine = defineMachine({
    name: 'apart',
    version: 1,
    initial: () => ({ seen: 0 }),
    reducers: {
      look(state, _, { index, now, random, id, schedule, cancel, emit }) {
        schedule('a', now + 1, 'look')
        cancel('a')
        emit(index)
        state.seen = random() + id().length
        return state.seen
      },
    },
  })
  const replica = new ReplicatedState(machine)
  replica.apply(1, view({ participants: [process(1)] }), process(1).incarnation)
  const { events } = replica.apply(2, commands([['look']]), process(1).incarnation)
  assert.equal(events, [2])
  assert.ok(replica.state.seen > 36)
})

test('what no snapshot could hold is refused with its entry: a result, the key of a timer', () => {
  const machine = defineMachine({
    name: 'unkept',
    version: 1,
    initial: () => ({}),
    reducers: {
      symbol: () => Symbol('result'),
      key: (_state, _, ctx) => ctx.schedule({} as string, 5000, 'key'),
      thrown() {
        throw Object.assign(Object.create(null), { reason: 'no text of its own' })
      },
    },
  })
  const failure = (command: string) => {
    const replica = new ReplicatedState(machine)
    replica.apply(1, view({ participants: [process(1)] }), process(1).incarnation)
    return errorOf(() => replica.apply(2, commands([[command]]), process(1).incarnation)).message
  }
  assert.match(failure('symbol'), /The result of 'symbol': The value itself is a symbol/)
  assert.match(failure('key'), /the key must be a string/)
  assert.match(failure('thrown'), /in the command 'thrown' .*reason: 'no text of its own'/)
})

test('onMembership hears who joined and who left, in the order of the log', () => {
  const stage = new Stage()
  stage.apply(view({ participants: [process(1), process(3)] }))
  assert.equal(stage.replica.state.seen, [
    { joined: [1, 2], left: [], at: 1 },
    { joined: [3], left: [2], at: 2 },
  ])
  assert.equal(
    stage.replica.members.map(({ nodeid }) => nodeid),
    [1, 3],
  )
})

test('it is told whether an entry changed the state', () => {
  const stage = new Stage()
  const changes = [
    stage.say(['add', 1]),
    stage.say(['add', 0]),
    stage.say(['spoil', { code: 'no', by: 1 }]),
    stage.apply(tick(1)),
  ]
  assert.equal(
    changes.map(({ changed }) => changed),
    [true, false, false, false],
  )
})

test('what much was written into is gone over then, and not when its digest is wanted', () => {
  let looks = 0
  const get = (target: string[], key: string | symbol): unknown => {
    looks += 1
    return Reflect.get(target, key)
  }
  const watched = new Proxy(Array.from({ length: 1000 }, String), { get })
  Object.freeze(watched)
  const machine = defineMachine({
    name: 'watched',
    version: 1,
    initial: () => ({ parts: [] as (readonly string[])[] }),
    reducers: {
      add(state, _text: string) {
        state.parts.push(watched)
      },
    },
  })
  const looksAfter = (act: () => void): number => {
    looks = 0
    act()
    return looks
  }
  const replica = new ReplicatedState(machine, { guard: false })
  replica.apply(1, view({ participants: [process(1)] }), one)
  const add = (index: number, text: string) => () =>
    void replica.apply(index, commands([['add', text]], { first: index - 1 }), one)
  const little = looksAfter(add(2, 'x'))
  assert.ok(looksAfter(add(3, 'x'.repeat(5e6))) >= little + 1000)
  assert.ok(looksAfter(() => void replica.digest()) < 1000)
})

test.run()

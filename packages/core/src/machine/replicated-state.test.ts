import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError, Rejection } from '../errors.ts'
import type { EntryBody } from '../log/entry.ts'
import type { Context } from './context.ts'
import { defineMachine } from './define-machine.ts'
import { commands, incarnation, marker, process, type Spoken, tick, view } from './machine.test-support.ts'
import { type Applied, ReplicatedState } from './replicated-state.ts'

interface Item {
  n: number
}

const frozenItem: Item = Object.freeze({ n: 0 })
let kept: Context | null = null

const machine = defineMachine({
  name: 'ledger',
  version: 1,
  initial: () => ({ total: 0, items: [] as Item[], seen: [] as unknown[] }),
  reducers: {
    add(state, by: number) {
      state.total += by
      return state.total
    },
    push(state, item: Item) {
      state.items.push(item)
      return state.items
    },
    raise(state, by: number) {
      for (const item of state.items) item.n += by
      return state.items[0]
    },
    pushFrozen(state) {
      state.items.push(frozenItem)
    },
    spoil(state, input: { code: string; by: number }, ctx) {
      state.total = -1
      for (const item of state.items) item.n = -1
      ctx.schedule('spoiled', 5000, 'add', 1000)
      ctx.cancel('later')
      ctx.emit('spoiled')
      throw new Rejection(input.code, 'spoiled it', { by: input.by })
    },
    draw(state, _, ctx) {
      const drawn = [ctx.random(), ctx.id()]
      state.seen.push(drawn)
      return drawn
    },
    look(state, _, ctx) {
      state.seen.push({ index: ctx.index, now: ctx.now, origin: ctx.origin?.incarnation ?? null })
    },
    later(_state, input: { key: string; at: number; by: number }, ctx) {
      ctx.schedule(input.key, input.at, 'add', input.by)
    },
    again(state, _, ctx) {
      state.total += 1
      ctx.schedule('again', ctx.now, 'again')
    },
    call(_state, input: { at: number; command: string }, ctx) {
      ctx.schedule('call', input.at, input.command)
    },
    stop(_state, key: string, ctx) {
      ctx.cancel(key)
    },
    tell(_state, event: unknown, ctx) {
      ctx.emit(event)
    },
    crash(state) {
      state.total = -1
      throw new TypeError('a bug')
    },
    keep(_state, _, ctx) {
      kept = ctx
    },
    wait() {
      return Promise.resolve(1)
    },
    give() {
      return { list: [() => 1] }
    },
  },
  onMembership(state, change, ctx) {
    const names = (of: readonly { nodeid: number }[]) => of.map(({ nodeid }) => nodeid)
    state.seen.push({ joined: names(change.joined), left: names(change.left), at: ctx.index })
    if (change.members.length === 5) throw new Rejection('crowd', 'too many')
  },
})

const one = incarnation(1)

/** One replica, in which process 1 has a session. */
class Stage {
  readonly replica = new ReplicatedState(machine)
  #next = 1

  constructor() {
    this.apply(view({ participants: [process(1), process(2)] }))
  }

  get total(): number {
    return this.replica.state.total
  }

  apply(body: EntryBody): Applied {
    return this.replica.apply(this.replica.index + 1, body, one)
  }

  /** Applies commands of process 1, numbered on. */
  say(...spoken: readonly Spoken[]): Applied {
    const first = this.#next
    this.#next += spoken.length
    return this.apply(commands(spoken, { first, timeMs: this.replica.timeMs }))
  }

  results(...spoken: readonly Spoken[]): unknown[] {
    return this.say(...spoken).outcomes.map((outcome) => (outcome.type === 'result' ? outcome.result : outcome.type))
  }
}

function errorOf(act: () => unknown): QuorateError {
  try {
    act()
  } catch (error) {
    if (error instanceof QuorateError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('commands of a batch are applied in order, each with its result', () => {
  const stage = new Stage()
  assert.equal(stage.results(['add', 5], ['add', 6], ['add', -1]), [5, 11, 10])
  assert.is(stage.total, 10)
})

test('a rejection reaches its origin with code, message and data, and the rest of the batch is applied', () => {
  const stage = new Stage()
  const { outcomes, events } = stage.say(['add', 5], ['spoil', { code: 'no', by: 3 }], ['add', 1])
  assert.equal(outcomes.map(({ type }) => type), ['result', 'rejected', 'result'])
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

test('whoever writes into a state lent for reading is stopped, also after a snapshot', () => {
  const stage = new Stage()
  stage.say(['push', { n: 1 }])
  const restored = new ReplicatedState(machine)
  restored.restore(stage.replica.snapshot())
  for (const { state } of [stage.replica, restored])
    assert.throws(() => {
      ;(state.items[0] as Item).n = 2
    }, /read only/)
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

test('cluster time never goes back, whatever kind of entry brings it', () => {
  const stage = new Stage()
  for (const body of [tick(2000), marker(1500), marker(2500), commands([], { timeMs: 2600 }), tick(100)]) stage.apply(body)
  assert.is(stage.replica.timeMs, 2600)
})

test('timers fire when an entry brings their time, in order, before the entry itself', () => {
  const stage = new Stage()
  stage.say(['later', { key: 'a', at: 3000, by: 1 }], ['later', { key: 'b', at: 2000, by: 10 }])
  assert.is(stage.replica.nextTimerMs, 2000)
  stage.apply(marker(1999))
  assert.is(stage.total, 0)
  const { outcomes } = stage.apply(commands([['add', 0]], { first: 3, timeMs: 2000 }))
  assert.equal(outcomes, [{ type: 'result', number: 3, result: 10 }])
  assert.is(stage.replica.nextTimerMs, 3000)
})

test('a timer that schedules itself for now fires once per entry', () => {
  const stage = new Stage()
  stage.say(['again'])
  stage.apply(tick(1000))
  stage.apply(tick(1000))
  assert.is(stage.total, 3)
})

test('a timer replaces the one of its key, and cancel ends it', () => {
  const stage = new Stage()
  stage.say(['later', { key: 'a', at: 2000, by: 1 }], ['later', { key: 'a', at: 3000, by: 10 }])
  stage.apply(tick(2500))
  assert.is(stage.total, 0)
  stage.say(['stop', 'a'], ['stop', 'unknown'])
  assert.is(stage.replica.nextTimerMs, null)
})

test('a rejection in a timer undoes what the timer did', () => {
  const spoiler = defineMachine({
    name: 'spoiler',
    version: 1,
    initial: () => ({ n: 0 }),
    reducers: {
      start(_state, _, ctx) {
        ctx.schedule('a', 2000, 'spoil')
        ctx.schedule('b', 2000, 'add')
      },
      spoil(state) {
        state.n = 100
        throw new Rejection('no')
      },
      add(state) {
        state.n += 1
      },
    },
  })
  const replica = new ReplicatedState(spoiler)
  replica.apply(1, view({ participants: [process(1)] }), one)
  replica.apply(2, commands([['start']]), one)
  replica.apply(3, tick(2000), one)
  assert.equal([replica.state.n, replica.nextTimerMs], [1, null])
})

test('onMembership hears who joined and who left, in the order of the log', () => {
  const stage = new Stage()
  stage.apply(view({ participants: [process(1), process(3)] }))
  assert.equal(stage.replica.state.seen, [
    { joined: [1, 2], left: [], at: 1 },
    { joined: [3], left: [2], at: 2 },
  ])
  assert.equal(stage.replica.members.map(({ nodeid }) => nodeid), [1, 3])
})

test('repeats are answered with the first answer, and applied once', () => {
  const stage = new Stage()
  const body = commands([['add', 5], ['spoil', { code: 'no', by: 1 }]])
  const first = stage.apply(body).outcomes
  stage.say(['add', 100])
  assert.equal(stage.apply(body).outcomes, first)
  assert.is(stage.total, 5)
})

test('numbers behind a gap are passed over, numbers below the lowest are ignored', () => {
  const stage = new Stage()
  const gap = stage.apply(commands([['add', 1]], { first: 2 })).outcomes
  assert.equal(gap, [{ type: 'passed-over', number: 2 }])
  stage.apply(commands([['add', 1], ['add', 1]]))
  const below = stage.apply(commands([['add', 1], ['add', 1], ['add', 1]], { lowest: 2 })).outcomes
  assert.equal(below.map(({ type }) => type), ['ignored', 'result', 'result'])
  assert.is(stage.total, 3)
})

test('commands of a session that is not there are never applied', () => {
  const stage = new Stage()
  for (const parts of [{ session: 7 }, { origin: 9 }]) stage.apply(commands([['add', 1]], parts))
  assert.equal(stage.apply(commands([['add', 1]], { session: 7 })).outcomes, [{ type: 'expired', number: 1 }])
  assert.is(stage.total, 0)
})

test('outcomes are told of own commands only', () => {
  const stage = new Stage()
  assert.equal(stage.apply(commands([['add', 1]], { origin: 2 })).outcomes, [])
  assert.is(stage.total, 1)
})

test('a snapshot brings everything: state, sessions with their answers, timers, time, members, versions', () => {
  const stage = new Stage()
  stage.say(['add', 5], ['spoil', { code: 'no', by: 1 }], ['push', { n: 1 }], ['later', { key: 'a', at: 9000, by: 1 }])
  const restored = new ReplicatedState(machine)
  restored.restore(stage.replica.snapshot())
  assert.equal(restored.snapshot(), stage.replica.snapshot())
  assert.is(restored.digest(), stage.replica.digest())
  assert.equal(
    [restored.index, restored.session(one), restored.timeMs, restored.nextTimerMs, restored.versions.machine],
    [2, 1, 1000, 9000, 1],
  )
  const types = restored.storedOutcomes(one).map(({ type, number }) => `${number} ${type}`)
  assert.equal(types, ['1 result', '2 rejected', '3 result', '4 result'])
})

test('a restored replica goes on as the others do', () => {
  const stage = new Stage()
  stage.say(['later', { key: 'a', at: 2000, by: 7 }], ['draw'])
  const restored = new ReplicatedState(machine)
  restored.restore(stage.replica.snapshot())
  const next = [commands([['draw'], ['raise', 1]], { first: 3 }), tick(2000), view({ participants: [process(2)] })]
  for (const body of next) restored.apply(restored.index + 1, body, one)
  for (const body of next) stage.apply(body)
  assert.is(restored.digest(), stage.replica.digest())
})

test('digests differ as soon as anything differs', () => {
  const digests = new Set<number>()
  for (const body of [tick(1000), tick(1001), commands([['add', 1]]), commands([['add', 2]]), commands([['stop', 'a']])]) {
    const stage = new Stage()
    stage.apply(body)
    digests.add(stage.replica.digest())
  }
  assert.is(digests.size, 5)
})

test('a bug in a reducer names command and entry, and leaves everything as before the entry', () => {
  const stage = new Stage()
  stage.say(['add', 1], ['later', { key: 'a', at: 2000, by: 1 }], ['push', { n: 1 }])
  const before = stage.replica.snapshot()
  const error = errorOf(() =>
    stage.apply(commands([['add', 1], ['raise', 1], ['crash']], { first: 4, lowest: 4, timeMs: 2000 })),
  )
  assert.is(error.code, 'MachineFailed')
  assert.match(error.message, /Machine 'ledger' failed at entry 3, in the command 'crash' \(number 3 of .*: a bug\./)
  assert.instance(error.cause, TypeError)
  assert.equal(stage.replica.snapshot(), before)
})

test('a timer that fails takes back the timers that fired before it', () => {
  const stage = new Stage()
  stage.say(['later', { key: 'a', at: 2000, by: 1 }], ['call', { at: 2000, command: 'crash' }])
  const before = stage.replica.snapshot()
  assert.match(errorOf(() => stage.apply(tick(2000))).message, /in the command 'crash' of a timer: a bug/)
  assert.equal(stage.replica.snapshot(), before)
  assert.is(stage.replica.nextTimerMs, 2000)
})

test('what is wrong in a reducer is said', () => {
  const wrong: readonly (readonly [Spoken, RegExp])[] = [
    [['wait'], /'wait' returned a promise: a reducer must be synchronous/],
    [['give'], /The result of 'give': The value at \.list\[0\] is a function/],
    [['call', { at: 5000, command: 'unheard' }], /'unheard'\): the machine has no such command/],
    [['call', { at: Number.NaN, command: 'add' }], /the time must be a number; see ctx\.now/],
  ]
  for (const [spoken, message] of wrong) {
    const error = errorOf(() => new Stage().say(['add', 1], spoken))
    assert.is(error.code, 'MachineFailed')
    assert.match(error.message, message)
  }
})

test('a Rejection outside of commands is a bug', () => {
  const crowd = [1, 2, 3, 4, 5].map((nodeid) => process(nodeid))
  const error = errorOf(() => new Stage().apply(view({ participants: crowd })))
  assert.match(error.message, /in onMembership: too many \(only commands can be rejected\)/)
})

test('a command without a reducer says which program is needed', () => {
  const error = errorOf(() => new Stage().say(['add', 1], ['vanished', 1]))
  assert.is(error.code, 'UnknownReducer')
  assert.match(error.message, /Entry 2 holds the command 'vanished'.*'ledger' has no such reducer.*ran version 1/)
})

test('entries out of order are refused', () => {
  assert.throws(() => new Stage().replica.apply(5, tick(1), one), /Entry 5 does not follow 1/)
})

test('a snapshot of another machine, or damaged, is refused, and what was there stays', () => {
  const stage = new Stage()
  const other = defineMachine({ name: 'other', version: 1, initial: () => ({}), reducers: {} })
  const snapshot = new ReplicatedState(other).snapshot()
  assert.is(errorOf(() => stage.replica.restore(snapshot)).code, 'WrongMachine')
  for (const damaged of [new Uint8Array([1]), new Uint8Array([0x85]), stage.replica.snapshot().subarray(0, -1)])
    assert.is(errorOf(() => stage.replica.restore(damaged)).code, 'Malformed')
  assert.is(stage.replica.index, 1)
})

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Rejection } from '../errors.ts'
import { defineMachine } from './define-machine.ts'
import { one, Stage } from './ledger.test-support.ts'
import { commands, errorOf, marker, process, tick, view } from './machine.test-support.ts'
import { ReplicatedState } from './replicated-state.ts'

test('cluster time never goes back, whatever kind of entry brings it', () => {
  const stage = new Stage()
  for (const body of [tick(2000), marker(1500), marker(2500), commands([], { timeMs: 2600 }), tick(100)])
    stage.apply(body)
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

test('a timer that fails takes back the timers that fired before it', () => {
  const stage = new Stage()
  stage.say(['later', { key: 'a', at: 2000, by: 1 }], ['call', { at: 2000, command: 'crash' }])
  const before = stage.replica.snapshot()
  assert.match(errorOf(() => stage.apply(tick(2000))).message, /in the command 'crash' of a timer: a bug/)
  assert.equal(stage.replica.snapshot(), before)
  assert.is(stage.replica.nextTimerMs, 2000)
})

test.run()

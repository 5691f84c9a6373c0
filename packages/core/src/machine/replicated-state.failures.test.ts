import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { defineMachine } from './define-machine.ts'
import { one, Stage } from './ledger.test-support.ts'
import { commands, errorOf, process, type Spoken, tick, view } from './machine.test-support.ts'
import { ReplicatedState } from './replicated-state.ts'

test('a bug in a reducer names command and entry, and leaves everything as before the entry', () => {
  const stage = new Stage()
  stage.say(['add', 1], ['later', { key: 'a', at: 2000, by: 1 }], ['push', { n: 1 }])
  const before = stage.replica.snapshot()
  const error = errorOf(() =>
    stage.apply(commands([['add', 1], ['raise', 1], ['crash']], { first: 4, lowest: 4, timeMs: 2000 })),
  )
  assert.is(error.code, 'MachineFailed')
  assert.match(
    error.message,
    /Machine 'ledger' failed at entry 3, in the command 'crash' \(number 3 of .*: a bug\./,
  )
  assert.instance(error.cause, TypeError)
  assert.equal(stage.replica.snapshot(), before)
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
  assert.match(
    error.message,
    /Entry 2 holds the command 'vanished'.*'ledger' has no such reducer.*ran version 1/,
  )
})

test('entries out of order are refused', () => {
  assert.throws(() => new Stage().replica.apply(5, tick(1), one), /Entry 5 does not follow 1/)
})

test('a first state that cannot be made is a bug of the machine, too', () => {
  const initial = (): object => {
    throw new Error('no state')
  }
  const hopeless = defineMachine({ name: 'hopeless', version: 1, initial, reducers: {} })
  const error = errorOf(() => new ReplicatedState(hopeless))
  assert.is(error.code, 'MachineFailed')
  assert.match(error.message, /'hopeless' failed before its first entry: no state/)
})

test.run()

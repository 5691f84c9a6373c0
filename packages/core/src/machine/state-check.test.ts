// What a state must not hold is told with the entry that puts it there, and not by the snapshot that cannot be taken.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defineMachine } from './define-machine.ts'
import { commands, errorOf, incarnation, process as member, view } from './machine.test-support.ts'
import { ReplicatedState } from './replicated-state.ts'
import { checkState } from './state-check.ts'

const test = suite('states that come back')

class Point {
  x = 1
}

const circle: Record<string, unknown> = {}
circle['again'] = circle

const wrong: readonly (readonly [object, RegExp])[] = [
  [{ a: { b: () => 1 } }, /^state\.a would not come back .*at \.b is a function/],
  [{ list: [1, Symbol('x')] }, /^state\.list .*at \[1\] is a symbol/],
  [{ at: new Point() }, /^state\.at .*an instance of Point/],
  [{ bytes: Buffer.from('a') }, /^state\.bytes .*such as Buffer for Uint8Array/],
  // biome-ignore lint/suspicious/noSparseArray: it is what is refused.
  [{ list: [1, , 3] }, /^state\.list .*an array with a hole at 1/],
  [{ later: Promise.resolve() }, /^state\.later .*a promise/],
  [{ circle }, /^state\.circle .*in a circle/],
  [{ map: new Map([['a', { f: () => 1 }]]) }, /^state\.map .*is a function/],
  [{ map: new (class Own extends Map {})() }, /^state\.map .*another class/],
  [{ [Symbol('key')]: 1 }, /^state would .*symbols as keys/],
]

test('what would not come back is named', () => {
  for (const [state, message] of wrong) {
    const error = errorOf(() => checkState(state, {}))
    assert.is(error.code, 'Unserializable')
    assert.match(error.message, message)
  }
})

test('all that can be stored comes back', () => {
  const bare = Object.assign(Object.create(null), { toString: 1, __proto__: 2 })
  const state = {
    ...{ number: -0, none: undefined, nothing: null, big: 10n ** 30n, nan: Number.NaN, text: '\ud800' },
    ...{ list: [undefined, [1]], map: new Map([[{ a: 1 }, new Set([1])]]), date: new Date(5), bare },
    bytes: new Uint8Array(3),
  }
  checkState(state, {})
})

test('within what was there before, only what is new is looked at', () => {
  const old = {
    list: [{ a: 1 }],
    map: new Map<unknown, unknown>([['a', { deep: {} }]]),
    same: { odd: () => 1 },
  }
  checkState({ ...old, list: [...old.list, { a: 2 }] }, old)
  const message = (state: object) => errorOf(() => checkState(state, old)).message
  assert.match(message({ ...old, list: [{ a: 1, f: () => 1 }] }), /^state\.list\[0\]\.f /)
  assert.match(message({ ...old, map: new Map([...old.map, ['b', () => 1]]) }), /^state\.map\.b /)
  assert.match(message({ ...old, map: new Map([...old.map, [() => 1, 1]]) }), /^state\.map .*is a function/)
  const holed = [...old.list]
  delete holed[0]
  assert.match(message({ ...old, list: holed }), /^state\.list .*holes: remove items with splice/)
})

const hoarder = defineMachine({
  name: 'hoarder',
  version: 1,
  initial: () => ({ kept: null as unknown }),
  reducers: {
    keep(state, kind: 'function' | 'number') {
      state.kept = kind === 'function' ? () => 1 : 1
    },
  },
})

function hoarding(guard: boolean): ReplicatedState<{ kept: unknown }> {
  const state = new ReplicatedState(hoarder, { guard })
  state.apply(1, view({ participants: [member(1)] }), incarnation(1))
  return state
}

test('guarded, the entry that puts it there is not applied', () => {
  const state = hoarding(true)
  const both = commands([
    ['keep', 'number'],
    ['keep', 'function'],
  ])
  const error = errorOf(() => state.apply(2, both, incarnation(1)))
  assert.is(error.code, 'MachineFailed')
  assert.match(error.message, /failed at entry 2, in the command 'keep' .*state\.kept would not come back/)
  assert.equal(state.state, { kept: null })
})

test('unguarded, the snapshot is refused', () => {
  const state = hoarding(false)
  state.apply(2, commands([['keep', 'function']]), incarnation(1))
  assert.is(errorOf(() => state.snapshot()).code, 'Unserializable')
})

test.run()

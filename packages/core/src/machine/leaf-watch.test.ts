import { original } from 'immer'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type QuorateError, Rejection } from '../errors.ts'
import type { Context } from './context.ts'
import { defineMachine } from './define-machine.ts'
import {
  commands,
  errorOf,
  incarnation,
  process as member,
  type Spoken,
  view,
} from './machine.test-support.ts'
import { ReplicatedState } from './replicated-state.ts'

const test = suite('what lies outside the draft')

const begin = () => ({
  bytes: new Uint8Array([1, 2, 3]),
  date: new Date(7),
  map: new Map([['a', { at: new Date(7) }]]),
  set: new Set([new Date(7)]),
  list: [new Uint8Array(2)],
  plain: { value: 1 },
})
type State = ReturnType<typeof begin>

const writes: { readonly [name: string]: (state: State, context: Context) => void } = {
  index({ bytes }) {
    bytes[0] = 9
  },
  fill: ({ bytes }) => bytes.subarray(1).fill(9),
  view: ({ bytes }) => new DataView(bytes.buffer, bytes.byteOffset).setUint8(0, 9),
  date: ({ date }) => date.setTime(9),
  inMap: ({ map }) => map.get('a')?.at.setTime(9),
  inSet: ({ set }) => [...set][0]?.setUTCHours(9),
  inList: ({ list }) => list[0]?.set([9]),
  taken(state) {
    const { bytes } = state
    state.bytes = new Uint8Array()
    bytes[0] = 9
  },
}

const machine = defineMachine({
  name: 'scribe',
  version: 1,
  initial: begin,
  reducers: {
    write(state, name: string, context) {
      writes[name]?.(state as State, context)
    },
    writeAndReject(state) {
      state.bytes[0] = 9
      throw new Rejection('no')
    },
    put(state, bytes: Uint8Array<ArrayBuffer>) {
      state.bytes = bytes
      state.bytes[0] = 5
      state.bytes.fill(6, 1)
      state.date = new Date(8)
      state.date.setTime(9)
      return state.bytes
    },
    read: (state) => state.bytes.length + state.date.getTime() + state.list.length,
    freeze(state) {
      ;(original(state) as State).plain.value = 2
    },
    freezeMap(state) {
      ;(original(state) as State).map.clear()
    },
    origin(_state, _: undefined, { origin }) {
      ;(origin as { nodeid: number }).nodeid = 99
    },
    version(_state, _: undefined, context) {
      ;(context as { version: number }).version = 99
    },
    random(_state, _: undefined, context) {
      context.random = () => 4
    },
    own() {
      throw new TypeError('Cannot do that')
    },
  },
  onMembership(_state, { members }) {
    if (members.length > 1) (members as unknown[]).pop()
  },
})

function scribe(guard = true): ReplicatedState<State> {
  const state = new ReplicatedState<State>(machine, { guard })
  state.apply(1, view({ participants: [member(1)] }), incarnation(1))
  return state
}

function failure(...spoken: readonly Spoken[]): QuorateError {
  const state = scribe()
  const error = errorOf(() => state.apply(2, commands(spoken), incarnation(1)))
  assert.is(error.code, 'MachineFailed')
  assert.equal(state.state, begin(), 'the state is as before')
  return error
}

test('bytes and dates of the state that were written into fail the command, and are put back', () => {
  for (const name of Object.keys(writes))
    assert.match(
      failure(['write', name]).message,
      /in the command 'write'.* A (Date|Uint8Array) of the state was written into, .*Put a new one in its place/,
      name,
    )
})

test('so they do where the command rejects, or others go before it', () => {
  assert.match(failure(['writeAndReject']).message, /'writeAndReject' .*of the state was written into/)
  assert.match(
    failure(['read'], ['read'], ['write', 'index']).message,
    /'write' \(number 3 .*was written into/,
  )
})

test('what a reducer has made, and its input, it may write into until it has ended', () => {
  const state = scribe()
  state.apply(2, commands([['put', new Uint8Array(2)], ['read'], ['put', new Uint8Array(3)]]), incarnation(1))
  assert.equal(state.state.bytes, new Uint8Array([5, 6, 6]))
  assert.is(state.state.date.getTime(), 9)
  const later = commands([['write', 'index']], { first: 4 })
  assert.match(errorOf(() => state.apply(3, later, incarnation(1))).message, /was written into/)
})

test('so are those of a state that came with a snapshot', () => {
  const state = scribe()
  state.restore(scribe().snapshot())
  assert.throws(() => state.apply(2, commands([['write', 'date']]), incarnation(1)), /A Date of the state/)
})

test('unguarded, nothing is copied or compared', () => {
  const state = scribe(false)
  state.apply(2, commands([['write', 'index']]), incarnation(1))
  assert.is(state.state.bytes[0], 9)
})

test('a refusal by the engine is told what it means', () => {
  for (const command of ['freeze', 'freezeMap', 'origin', 'version', 'random']) {
    const { message, cause } = failure([command])
    assert.match(message, new RegExp(`'${command}' .*may change nothing but the draft`))
    assert.ok(message.includes((cause as Error).message))
  }
  assert.not.match(failure(['own']).message, /draft/)
})

test('who is told of members cannot change them', () => {
  const both = view({ participants: [member(1), member(2)] })
  const state = scribe()
  assert.match(errorOf(() => state.apply(2, both, incarnation(1))).message, /onMembership.* but the draft/)
  assert.is(state.members.length, 1)
})

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decode } from './data/decode.ts'
import { encode } from './data/encode.ts'
import { joined } from './data/slices.test-support.ts'
import { defineMachine } from './define-machine.ts'
import { type Item, machine, one, Stage } from './ledger.test-support.ts'
import { commands, errorOf, process, tick, view } from './machine.test-support.ts'
import { ReplicatedState, snapshotDecoder } from './replicated-state.ts'

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

test('a snapshot brings everything: state, sessions with their answers, timers, time, members, versions', () => {
  const stage = new Stage()
  stage.say(
    ['add', 5],
    ['spoil', { code: 'no', by: 1 }],
    ['push', { n: 1 }],
    ['later', { key: 'a', at: 9000, by: 1 }],
  )
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
  const next = [
    commands([['draw'], ['raise', 1]], { first: 3 }),
    tick(2000),
    view({ participants: [process(2)] }),
  ]
  for (const body of next) restored.apply(restored.index + 1, body, one)
  for (const body of next) stage.apply(body)
  assert.is(restored.digest(), stage.replica.digest())
})

test('a snapshot in parts restores as the whole does, once it is finished', () => {
  const stage = new Stage()
  stage.say(['push', { n: 1 }], ['spoil', { code: 'no', by: 1 }], ['later', { key: 'a', at: 9000, by: 1 }])
  const snapshot = stage.replica.snapshot()
  for (const partBytes of [1, 7, 100, snapshot.length]) {
    const restored = new ReplicatedState(machine)
    const decoder = snapshotDecoder()
    for (let at = 0; at < snapshot.length; at += partBytes) decoder.add(snapshot.slice(at, at + partBytes))
    assert.equal([restored.index, restored.state.items], [0, []])
    restored.restoreFrom(decoder)
    assert.equal(restored.snapshot(), snapshot)
    assert.is(restored.digest(), stage.replica.digest())
    assert.equal(restored.storedOutcomes(one), stage.replica.storedOutcomes(one))
    const [pushed] = restored.storedOutcomes(one)
    assert.ok(pushed?.type === 'result' && Object.isFrozen(pushed.result))
    restored.apply(3, commands([['raise', 1]], { first: 4 }), one)
    assert.is(restored.state.items[0]?.n, 2)
  }
})

test('a snapshot in parts is refused as the whole is, and what was there stays', () => {
  const stage = new Stage()
  const other = (name: string, version: number) =>
    defineMachine({ name, version, migrate: () => undefined, initial: () => ({}), reducers: {} })
  const newer = new ReplicatedState(other('ledger', 2))
  newer.apply(1, view({ participants: [process(1)], version: 2 }), one)
  const further = new Stage()
  further.say(['add', 5])
  const [magic, format, name, version, group] = decode(further.replica.snapshot()) as unknown[]
  const refused = [
    encode([magic, format, name, version, group, 'no state']),
    new ReplicatedState(other('other', 1)).snapshot(),
    newer.snapshot(),
    stage.replica.snapshot().subarray(0, -1),
    Buffer.concat([stage.replica.snapshot(), Uint8Array.of(1)]),
    Uint8Array.of(0x85),
    encode(['quorate-state', 1, 'ledger', 1, {}, {}]),
  ]
  const before = stage.replica.snapshot()
  for (const snapshot of refused) {
    const { code, message } = errorOf(() => stage.replica.restore(snapshot))
    const inParts = errorOf(() => {
      const decoder = snapshotDecoder()
      for (const byte of snapshot) decoder.add(Uint8Array.of(byte))
      stage.replica.restoreFrom(decoder)
    })
    assert.equal([inParts.code, inParts.message], [code, message])
    assert.equal(stage.replica.snapshot(), before)
  }
})

test('digests differ as soon as anything differs', () => {
  const digests = new Set<number>()
  for (const body of [
    tick(1000),
    tick(1001),
    commands([['add', 1]]),
    commands([['add', 2]]),
    commands([['stop', 'a']]),
  ]) {
    const stage = new Stage()
    stage.apply(body)
    digests.add(stage.replica.digest())
  }
  assert.is(digests.size, 5)
})

test('a snapshot of another machine, or damaged, is refused, and what was there stays', () => {
  const stage = new Stage()
  const other = defineMachine({ name: 'other', version: 1, initial: () => ({}), reducers: {} })
  const snapshot = new ReplicatedState(other).snapshot()
  assert.is(errorOf(() => stage.replica.restore(snapshot)).code, 'WrongMachine')
  for (const damaged of [
    new Uint8Array([1]),
    new Uint8Array([0x85]),
    stage.replica.snapshot().subarray(0, -1),
  ])
    assert.is(errorOf(() => stage.replica.restore(damaged)).code, 'Malformed')
  assert.is(stage.replica.index, 1)
})

test('a captured snapshot is the one of its moment, whatever is applied while its slices are taken', () => {
  const stage = new Stage()
  stage.say(
    ['push', { n: 1 }],
    ['push', { n: 2 }],
    ['spoil', { code: 'no', by: 1 }],
    ['later', { key: 'a', at: 2000, by: 1 }],
    ['later', { key: 'b', at: 9000, by: 1 }],
  )
  const then = stage.replica.snapshot()
  const captures = Array.from({ length: 7 }, () => stage.replica.captureSnapshot())
  const next = [
    commands(
      [
        ['raise', 1],
        ['stop', 'b'],
      ],
      { first: 6, lowest: 3 },
    ),
    commands(
      [
        ['push', { n: 3 }],
        ['later', { key: 'c', at: 1500, by: 1 }],
      ],
      { first: 8, lowest: 8 },
    ),
    tick(2500),
    view({ participants: [process(2), process(3)] }),
    view({ participants: [process(3)], bystanders: [process(2, 4)] }),
  ]
  // Each capture is at another place when the state changes: before its first slice, in the members, sessions, timers.
  const begun = captures.map((capture, place) =>
    place === 0 ? [] : [capture.next((then.length * place) >> 3).bytes],
  )
  for (const body of next) stage.apply(body)
  assert.is.not(Buffer.from(then).equals(stage.replica.snapshot()), true)
  for (const [place, capture] of captures.entries())
    assert.equal(Buffer.concat([...(begun[place] ?? []), joined(capture, () => 10)]), Buffer.from(then))
})

test.run()

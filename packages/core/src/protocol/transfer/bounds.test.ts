// Catching up between nodes whose bounds differ, or are tuned meanwhile: however short or small they are, the joiner
// arrives (R8.8, R8.10).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Incarnation } from '../../identity.ts'
import { encodeMessage } from '../../wire/encode.ts'
import type { Message } from '../../wire/messages.ts'
import { Ensemble } from '../ensemble.test-support.ts'
import type { SeededFault } from '../faults.ts'
import { defaultLimits, defaultTimeouts, type Limits, type Timeouts } from '../options.ts'
import { testRule } from '../scenario.test-support.ts'
import { count } from './behind.test-support.ts'

const test = suite('bounds of transfers')

/** The bytes of a message on the wire. */
const sizeOf = (message: Message): number =>
  encodeMessage({ incarnation: 1 as Incarnation, group: 0 }, message).length

const letters = [...'abcdefgh']
const words = letters.map((letter) => letter.repeat(60))

/** Nodes 1 and 2 have what node 3, and node 4, a learner, need: a snapshot of twelve chunks of 60 bytes. */
function withDonors(limits: (id: number) => Partial<Limits>, fault?: SeededFault): Ensemble {
  const ensemble = new Ensemble({ voters: [1, 2, 3], fault })
  const limitsOf = (id: number) => ({
    ...defaultLimits,
    ...{ chunkBytesMax: 60, retainedEntriesMax: 2 },
    ...limits(id),
  })
  const start = (id: number) => ensemble.start(id, { limits: limitsOf(id) })
  for (const id of [1, 2, 3]) start(id)
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  ensemble.view([1, 2], [3])
  ensemble.deliver()
  for (const word of words) {
    ensemble.submit(1, word)
    ensemble.deliver()
  }
  start(4)
  ensemble.said()
  return ensemble
}

/** As the operator's word. */
function tune(ensemble: Ensemble, id: number, timeouts: Partial<Timeouts>): void {
  const { limits } = ensemble.actor(id).state
  ensemble.input(id, { type: 'tune', limits, timeouts: { ...defaultTimeouts, ...timeouts } })
}

/** Node 3 arrives, although each message of the transfer takes 20 ms; how many chunks were sent. */
function arrive(ensemble: Ensemble): number {
  ensemble.passSlowly(20_000, ({ type }) => (type === 'snapshot' || type === 'fetch' ? 20 : 0.2))
  assert.ok(ensemble.actor(3).state.active, 'node 3 has arrived')
  assert.equal(ensemble.actor(3).machine.words, words)
  return ensemble.said().filter((line) => line.includes(': snapshot at')).length
}

for (const most of [1, 2, 3]) {
  const name = `donors that send ${most} chunks at once serve a joiner that asks for 4`
  testRule(test, name, 'credit-never-learned', (fault) => {
    const ensemble = withDonors((id) => ({ chunksInFlightMax: id === 3 ? 4 : most }), fault)
    ensemble.view([1, 2, 3])
    const chunks = arrive(ensemble)
    assert.ok(chunks < 30, `${chunks} chunks`)
  })
}

test('a joiner that asks for one chunk at a time gets no more', () => {
  const ensemble = withDonors((id) => ({ chunksInFlightMax: id === 3 ? 1 : 4 }))
  ensemble.view([1, 2, 3])
  assert.is(arrive(ensemble), 12)
})

test('what has come in chunks of one size goes on in those of another', () => {
  const ensemble = withDonors((id) => ({ chunkBytesMax: id === 2 ? 17 : 60, chunksInFlightMax: 1 }))
  const { state } = ensemble.actor(3)
  ensemble.lose = (_, __, { type }) => type === 'ack'
  ensemble.view([1, 2, 3, 4])
  ensemble.deliverUntil(() => state.partial?.bytes === 120)
  // Meanwhile node 2 makes more of it for node 4.
  ensemble.lose = (_, from, { type }) => type === 'ack' || (type === 'fetch' && from === 3)
  ensemble.deliverUntil(() => (ensemble.actor(2).state.donor?.bytes ?? 0) > 200)
  ensemble.lose = () => false
  ensemble.said()
  ensemble.view([2, 3], [1], [4])
  ensemble.deliver()
  assert.equal(ensemble.actor(3).machine.words, words)
  const said = ensemble.said()
  assert.is(count(said, '2: snapshot at 10, bytes from 120'), 1)
  assert.is(count(said, '2: snapshot at 10, bytes from 0'), 0)
})

const kept =
  'a donor keeps its snapshot until a joiner can have asked for more, however shortly it is to keep it'
testRule(test, kept, 'snapshot-dropped-early', (fault) => {
  const ensemble = withDonors(() => ({}), fault)
  for (const id of [1, 2]) tune(ensemble, id, { snapshotIdleMs: 1 })
  ensemble.view([1, 2, 3])
  assert.is(arrive(ensemble), 12)
})

const hasty = 'a joiner that turns to the next donor too soon waits longer each time'
testRule(test, hasty, 'stall-not-doubled', (fault) => {
  const ensemble = withDonors(() => ({}), fault)
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'snapshot')
  tune(ensemble, 3, { stallMs: 1 })
  const chunks = arrive(ensemble)
  assert.ok(chunks < 60, `${chunks} chunks`)
})

const large = 'large'.repeat(40)
const messageBytesMax = 250

/** Node 3 misses a large word behind small ones; `smaller` nodes have come to messages that do not hold it. */
function withLarge(smaller: readonly number[], before: (ensemble: Ensemble) => void = () => {}): Ensemble {
  const limits = { ...defaultLimits, chunkBytesMax: 100, retainedEntriesMax: 4 }
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 2, 3]) ensemble.start(id, { limits, ...(smaller.includes(id) && { messageBytesMax }) })
  ensemble.view([1, 2, 3])
  ensemble.submit(1, ...words)
  ensemble.deliver()
  before(ensemble)
  ensemble.view([1, 2], [3])
  ensemble.deliver()
  ensemble.submit(1, large)
  return ensemble
}

test('a donor whose messages do not hold an entry sends what leads there, then a snapshot', () => {
  const ensemble = withLarge([1, 2])
  ensemble.deliver()
  ensemble.submit(1, 'after')
  ensemble.deliver()
  ensemble.view([1, 2, 3])
  ensemble.lose = (_, from, message) => {
    const isTooLarge = message.type === 'entries' && sizeOf(message) > messageBytesMax
    assert.not(isTooLarge, `node ${from} sends ${sizeOf(message)} bytes`)
    return false
  }
  ensemble.deliver()
  assert.equal(ensemble.actor(3).machine.words, [...words, large, 'after'])
  assert.ok(ensemble.actor(3).state.active)
})

test('… and none that it has made before that entry came', () => {
  const ensemble = withLarge([1, 2], (each) => {
    each.start(4)
    each.view([1, 2, 3, 4])
    each.deliver()
  })
  const { state } = ensemble.actor(1)
  assert.ok(state.donor)
  ensemble.deliver()
  ensemble.view([1, 2, 3], [4])
  ensemble.deliver()
  assert.equal(ensemble.actor(3).machine.words, [...words, large])
  assert.ok(ensemble.actor(3).state.active)
})

test('where that is not committed, a donor that takes larger messages sends it', () => {
  const ensemble = withLarge([1])
  ensemble.lose = (_, __, { type }) => type === 'ack'
  ensemble.deliver()
  ensemble.lose = () => false
  ensemble.view([1, 2, 3])
  ensemble.said()
  ensemble.pass(200)
  assert.ok(ensemble.actor(3).state.active)
  assert.equal(ensemble.actor(3).machine.words, [...words, large])
  const said = ensemble.said()
  assert.is(count(said, '1: snapshot'), 0)
  assert.is(count(said, '2: entries'), 1)
})

test.run()

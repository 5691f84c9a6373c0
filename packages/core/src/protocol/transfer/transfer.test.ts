// Catching up: by entries, under load, over the limit, and from donors that go away (section 8).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Incarnation } from '../../identity.ts'
import { encodeMessage } from '../../wire/encode.ts'
import type { Fetch, Message } from '../../wire/messages.ts'
import { Ensemble } from '../ensemble.test-support.ts'
import { testRule } from '../scenario.test-support.ts'
import { assertSame, count, withBehind } from './behind.test-support.ts'

const test = suite('transfer')

test('a joiner gets the entries that it lacks, and what is proposed meanwhile', () => {
  const ensemble = withBehind()
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'fetch')
  ensemble.submit(2, 'meanwhile')
  ensemble.deliver()
  assertSame(ensemble, 'a b c d e f g h meanwhile')
  const said = ensemble.said()
  assert.ok(said.includes('3: fetch from 1'))
  assert.ok(said.includes('1: entries 2 to 10'))
})

testRule(test, 'a joiner puts the VIEW entry before what it held', 'held-before-view', (fault) => {
  const ensemble = withBehind({}, fault)
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'fetch')
  ensemble.submit(2, 'meanwhile')
  ensemble.deliver()
  assert.is(count(ensemble.said(), '3: refuse'), 0)
})

/** The bytes of a message on the wire. */
const sizeOf = (message: Message): number =>
  encodeMessage({ incarnation: 1 as Incarnation, group: 0 }, message).length

test('entries go together only as far as a chunk takes them, so that each chunk fits into a message', () => {
  const chunkBytesMax = 300
  const ensemble = withBehind({ chunkBytesMax })
  const large = 'large'.repeat(45)
  for (const word of [large, 'small']) {
    ensemble.submit(1, word)
    ensemble.deliver()
  }
  const counts: number[] = []
  ensemble.lose = (to, _, message) => {
    if (to !== 3 || message.type !== 'entries') return false
    counts.push(message.entries.length)
    const bytes = sizeOf(message) - sizeOf({ ...message, entries: [] })
    assert.ok(bytes <= chunkBytesMax, `${message.entries.length} entries have ${bytes} bytes`)
    return false
  }
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  assertSame(ensemble, `a b c d e f g h ${large} small`)
  assert.ok(Math.max(...counts) > 1, 'some go together')
})

const slowly = 'a joiner whose chunks need longer than it waits for one does not keep the others in rounds'
testRule(test, slowly, 'no-doubling', (fault) => {
  const ensemble = withBehind({ chunkBytesMax: 50 }, fault)
  for (let i = 0; i < 50; i++) {
    ensemble.submit(1, 'more')
    ensemble.deliver()
  }
  ensemble.view([1, 2, 3])
  ensemble.said()
  ensemble.passSlowly(60_000, ({ type }) => (type === 'entries' ? 200 : 0.2))
  assert.ok(ensemble.actor(3).state.active)
  const rounds = count(ensemble.said(), '3: prepare')
  assert.ok(rounds <= 5, `${rounds} rounds`)
})

test('the next donor is asked before a takeover, however short the rounds are', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], timeouts: { collectionMs: 10 } }, 1, 2, 3)
  ensemble.view([1, 2], [3])
  ensemble.deliver()
  ensemble.submit(1, 'word')
  ensemble.deliver()
  ensemble.view([1, 2, 3])
  ensemble.lose = (to, from, { type }) => type === 'entries' && to === 3 && from === 1
  ensemble.deliver()
  ensemble.said()
  ensemble.pass(60)
  assert.is(ensemble.words(3), 'word')
  assert.is(count(ensemble.said(), '3: prepare'), 0)
})

test('a donor sends nothing twice that is on its way', () => {
  const ensemble = withBehind({ chunkBytesMax: 50, chunksInFlightMax: 2 })
  ensemble.view([1, 2, 3])
  let fetch: Fetch | undefined
  ensemble.deliverUntil((message) => {
    if (message.type === 'fetch') fetch = message
    return message.type === 'entries'
  })
  ensemble.inject(1, 3, fetch as Fetch)
  assert.is(count(ensemble.said(), '1: entries'), 2)
  ensemble.deliver(1)
  ensemble.inject(1, 3, fetch as Fetch)
  assert.is(count(ensemble.said(), '1: entries'), 1)
})

test('what does not lead to the chain of INSTALL cuts nothing', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.lose = (to) => to !== 3
  ensemble.submit(3, 'own')
  ensemble.deliver(1)
  ensemble.lose = () => false
  ensemble.view([1, 2], [3])
  ensemble.submit(1, 'other')
  ensemble.deliver()
  const { state } = ensemble.actor(3)
  const { lastChain, last } = state.log
  assert.is(last, 2)
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'entries')
  assert.ok(state.installed)
  Object.assign(state.installed.install, { chain: 1 })
  ensemble.lose = (_, __, { type }) => type === 'entries'
  ensemble.inject(3, 1, { ...entriesFrom(ensemble), commit: 0 })
  assert.ok(ensemble.said().some((line) => /^3: refuse .*: lost$/.test(line)))
  assert.is(state.log.last, last)
  assert.is(state.log.lastChain, lastChain)
})

/** What node 1 would send for node 3. */
function entriesFrom(ensemble: Ensemble) {
  const { log, epoch, installed } = ensemble.actor(1).state
  const base = installed?.install.base ?? 0
  const from = { index: 1, chain: log.chainAt(1) ?? log.lastChain }
  const entries = log.slice(1, base).map(({ body, payload }) => ({ body, payload }))
  return { type: 'entries', ballot: epoch.ballot, from, entries } as const
}

test('a joiner over its limit gives the epoch up, gets what is committed, and asks again', () => {
  const ensemble = withBehind({ heldBytesMax: 100 })
  ensemble.view([1, 2, 3])
  ensemble.lose = (_, __, { type }) => type === 'fetch'
  ensemble.deliver()
  for (const word of 'ijklmnop') {
    ensemble.submit(2, word)
    ensemble.deliver()
  }
  assert.ok(ensemble.actor(3).state.joiner?.overflowed)
  assert.is(ensemble.actor(3).state.joiner?.held.length, 0)
  ensemble.lose = () => false
  ensemble.said()
  ensemble.pass(1000)
  assertSame(ensemble, 'a b c d e f g h i j k l m n o p')
  assert.is(count(ensemble.said(), '3: refuse 3.1: room'), 1)
})

test('a joiner over its limit forgets the uncommitted entries that it had fetched', () => {
  const ensemble = withBehind({ heldBytesMax: 60, chunkBytesMax: 1, chunksInFlightMax: 1 })
  for (const id of [1, 2]) ensemble.actor(id).slow = true
  for (const word of 'xyz') {
    ensemble.submit(1, word)
    ensemble.deliver()
  }
  for (const id of [1, 2]) ensemble.actor(id).slow = false
  // Their acks are lost with the view: x, y and z are in the next base, and not committed.
  ensemble.view([1, 2, 3])
  for (const id of [1, 2]) ensemble.sync(id)
  ensemble.deliverUntil(({ type }) => type === 'install')
  for (const id of [1, 2]) ensemble.actor(id).slow = true
  ensemble.deliverUntil(({ type }) => type === 'fetch')
  const { state } = ensemble.actor(3)
  while (state.joiner !== null && state.joiner.at.index < 12) ensemble.deliver(1)
  ensemble.lose = (_, __, { type }) => type === 'entries' || type === 'fetch'
  assert.ok(state.joiner && state.joiner.at.index > state.commit)
  for (const word of 'ijklmn') ensemble.submit(2, word)
  ensemble.deliver()
  assert.ok(state.joiner?.overflowed)
  ensemble.lose = () => false
  for (const id of [1, 2]) {
    ensemble.actor(id).slow = false
    ensemble.sync(id)
  }
  ensemble.pass(2000)
  assertSame(ensemble, 'a b c d e f g h x y z i j k l m n')
})

test('who has other committed content than its donor stops', () => {
  const ensemble = withBehind()
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'fetch')
  const { state } = ensemble.actor(3)
  const { ballot } = (state.installed as NonNullable<typeof state.installed>).install
  ensemble.said()
  const foreign = { index: 1, chain: state.log.lastChain }
  Object.assign(foreign, { chain: 4711 })
  const donor = ensemble.actor(1).state.self.incarnation
  const fetch = { type: 'fetch', ballot, donor, upTo: 10, credit: 1, partial: null, ...foreign } as const
  ensemble.inject(1, 3, fetch)
  assert.equal(ensemble.said(), ['1: mismatch'])
  ensemble.deliver()
  assert.is(ensemble.actor(3).stopped, 'history')
})

test('a donor that says nothing is left for the next one', () => {
  const ensemble = withBehind()
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'fetch')
  ensemble.actor(1).hung = true
  ensemble.pass(200)
  assert.ok(ensemble.said().includes('2: entries 2 to 10'))
  assert.ok(ensemble.actor(3).state.active)
})

testRule(test, 'an epoch is adopted when its log is complete', 'adopted-before-transfer', (fault) => {
  const ensemble = withBehind({}, fault)
  const { epoch } = ensemble.actor(3).state
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'fetch')
  assert.equal(ensemble.actor(3).state.epoch, epoch)
})

test.run()

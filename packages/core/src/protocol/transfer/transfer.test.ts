// Catching up: by entries, by snapshot, under load, over the limit, and from donors that go away (section 8).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RunningDigest } from '../../digest.ts'
import type { Incarnation } from '../../identity.ts'
import type { Chain } from '../../log/entry.ts'
import { encodeMessage } from '../../wire/encode.ts'
import type { Fetch, Message } from '../../wire/messages.ts'
import { Ensemble, type EnsembleOptions } from '../ensemble.test-support.ts'
import type { SeededFault } from '../faults.ts'
import type { Limits } from '../options.ts'
import { testRule } from '../scenario.test-support.ts'

const test = suite('transfer')
const count = (lines: readonly string[], start: string): number =>
  lines.filter((line) => line.startsWith(start)).length

/** Node 3 has missed eight words. */
function withBehind(limits: Partial<Limits> = {}, fault?: SeededFault): Ensemble {
  const options: EnsembleOptions = { voters: [1, 2, 3], limits, fault }
  const ensemble = Ensemble.running(options, 1, 2, 3)
  ensemble.view([1, 2], [3])
  ensemble.deliver()
  for (const word of 'abcdefgh') {
    ensemble.submit(1, word)
    ensemble.deliver()
  }
  ensemble.said()
  return ensemble
}

/** All have all of these. */
function assertSame(ensemble: Ensemble, words: string): void {
  for (const id of [1, 2, 3]) {
    assert.is(ensemble.words(id), words, `node ${id}`)
    assert.ok(ensemble.actor(id).state.active, `node ${id}`)
  }
}

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

test('where the entries are gone a snapshot comes, in chunks as many as the joiner has room for', () => {
  const ensemble = withBehind({ retainedEntriesMax: 2, chunkBytesMax: 60, chunksInFlightMax: 2 })
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  assertSame(ensemble, 'a b c d e f g h')
  const said = ensemble.said().filter((line) => /^[13]: (snapshot|fetch|entries)/.test(line))
  assert.equal(said.slice(0, 4), [
    '3: fetch from 1',
    '1: snapshot at 10, bytes from 0',
    '1: snapshot at 10, bytes from 60',
    '3: fetch from 1',
  ])
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

/** Node 3 asks in vain until the epoch has two entries: its snapshot lies beyond the base. */
function snapshotBeyondBase(fault?: SeededFault): Ensemble {
  const ensemble = withBehind({ retainedEntriesMax: 2 }, fault)
  ensemble.view([1, 2, 3])
  ensemble.lose = (_, __, { type }) => type === 'fetch'
  ensemble.deliver()
  ensemble.submit(1, 'meanwhile')
  ensemble.deliver()
  ensemble.lose = () => false
  ensemble.said()
  ensemble.pass(200)
  return ensemble
}

testRule(test, 'what a snapshot covers of the held proposals is dropped', 'held-not-dropped', (fault) => {
  const ensemble = snapshotBeyondBase(fault)
  const said = ensemble.said()
  assert.is(count(said, '2: snapshot at 12'), 1)
  assert.is(said.filter((line) => line.includes('refuse')).length, 0)
  assertSame(ensemble, 'a b c d e f g h meanwhile')
})

testRule(test, 'a snapshot does not bring its epoch', 'snapshot-brings-epoch', (fault) => {
  const ensemble = withBehind({ retainedEntriesMax: 2 }, fault)
  const { epoch } = ensemble.actor(3).state
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'snapshot')
  // The chain does not fit, so that what is restored is all that comes of it.
  const { installed } = ensemble.actor(3).state
  assert.ok(installed)
  Object.assign(installed.install, { base: installed.install.base + 1 })
  ensemble.deliver(1)
  assert.is(ensemble.actor(3).state.commit, 10)
  assert.equal(ensemble.actor(3).state.epoch, epoch)
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

/** Node 3 has 120 bytes of node 1's snapshot. */
function withPart(): Ensemble {
  const ensemble = withBehind({ retainedEntriesMax: 2, chunkBytesMax: 60, chunksInFlightMax: 1 })
  ensemble.lose = (_, __, { type }) => type === 'ack'
  ensemble.view([1, 2, 3])
  let parts = 0
  ensemble.deliverUntil(({ type }) => type === 'snapshot' && ++parts === 3)
  assert.is(ensemble.actor(3).state.partial?.bytes, 120)
  ensemble.lose = () => false
  return ensemble
}

test('a part of a snapshot is kept across views, and goes on from a donor that has as much of it', () => {
  const ensemble = withPart()
  ensemble.view([1, 3], [2])
  ensemble.said()
  ensemble.deliver()
  assert.is(ensemble.words(3), 'a b c d e f g h')
  const said = ensemble.said()
  assert.is(count(said, '1: snapshot at 10, bytes from 0'), 0)
  assert.is(count(said, '1: snapshot at 10, bytes from 120'), 1)
})

test('from a donor that has less of it made the snapshot comes anew: no pause to make all that at once', () => {
  const ensemble = withPart()
  ensemble.view([2, 3], [1])
  ensemble.said()
  ensemble.deliver()
  assert.is(ensemble.words(3), 'a b c d e f g h')
  assert.is(count(ensemble.said(), '2: snapshot at 10, bytes from 0'), 1)
})

test('what is longer than the snapshot of a donor, under one name, is no part of it', () => {
  const ensemble = withBehind({ retainedEntriesMax: 2, chunkBytesMax: 60, chunksInFlightMax: 1 })
  // Node 1 has diverged.
  ensemble.actor(1).machine.words.push(...'x'.repeat(95))
  ensemble.lose = (_, __, { type }) => type === 'ack'
  ensemble.view([1, 2, 3])
  const { state } = ensemble.actor(3)
  const whole = ensemble.actor(2).machine.snapshot().length
  ensemble.deliverUntil(({ type }) => type === 'snapshot' && (state.partial?.bytes ?? 0) > whole)
  // Node 2 has made all of its own already.
  ensemble.start(4)
  ensemble.lose = () => false
  ensemble.view([2, 4], [1], [3])
  ensemble.pass(500)
  ensemble.view([2, 3], [1], [4])
  ensemble.pass(2000)
  assert.ok(state.active)
  assert.is(ensemble.words(3), 'a b c d e f g h')
})

test('a FETCH makes no more pieces than the joiner has room for, whatever it says that it has', () => {
  const ensemble = withBehind({ retainedEntriesMax: 2, chunkBytesMax: 20, chunksInFlightMax: 1 })
  ensemble.view([1, 2, 3])
  let fetch: Fetch | undefined
  ensemble.deliverUntil((message) => {
    if (message.type === 'fetch') fetch = message
    return message.type === 'snapshot'
  })
  const { donor } = ensemble.actor(1).state
  assert.ok(fetch && donor)
  const made = donor.pieces.length
  for (const bytes of [60, 1e9]) {
    ensemble.actor(1).state.installed?.chunksFor.splice(0)
    ensemble.inject(1, 3, { ...fetch, partial: { ...donor.at, bytes } })
  }
  assert.is(donor.pieces.length, made)
})

test('a part of a snapshot is dropped when the entries have come by another way', () => {
  const ensemble = withBehind()
  const { state } = ensemble.actor(3)
  const at = { index: 5, chain: ensemble.actor(1).state.log.chainAt(5) as Chain }
  const versions = { protocol: 1, machine: 1 }
  state.partial = { at, versions, bytes: 50, digest: new RunningDigest() }
  ensemble.actor(3).incoming.push(...new Uint8Array(50))
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  assertSame(ensemble, 'a b c d e f g h')
  assert.is(state.partial, null)
  assert.equal(ensemble.actor(3).incoming, [])
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

test('another snapshot takes the place of a part only when it comes from the donor that was asked', () => {
  const ensemble = withBehind({ retainedEntriesMax: 2, chunkBytesMax: 60, chunksInFlightMax: 1 })
  ensemble.view([1, 2, 3])
  let parts = 0
  ensemble.deliverUntil(({ type }) => type === 'snapshot' && ++parts === 2)
  const { state } = ensemble.actor(3)
  const { partial, installed } = state
  assert.ok(partial && installed)
  const chunk = {
    type: 'snapshot',
    ballot: installed.install.ballot,
    commit: 11,
    snapshot: { ...partial.at, index: 11 },
    versions: partial.versions,
    offset: 0,
    part: new Uint8Array(60),
    digest: null,
  } as const
  ensemble.inject(3, 2, chunk)
  assert.is(state.partial?.at.index, 10)
  ensemble.inject(3, 1, chunk)
  assert.is(state.partial?.at.index, 11)
})

testRule(
  test,
  'a part of one snapshot does not go on with that of another',
  'parts-of-any-snapshot',
  (fault) => {
    const ensemble = withBehind({ retainedEntriesMax: 2, chunkBytesMax: 60, chunksInFlightMax: 1 }, fault)
    ensemble.view([1, 2, 3])
    let parts = 0
    ensemble.deliverUntil(({ type }) => type === 'snapshot' && ++parts === 2)
    const { partial, installed } = ensemble.actor(3).state
    assert.ok(partial && installed)
    ensemble.inject(3, 1, {
      type: 'snapshot',
      ballot: installed.install.ballot,
      commit: 11,
      snapshot: { ...partial.at, index: 11 },
      versions: partial.versions,
      offset: partial.bytes,
      part: new Uint8Array(60),
      digest: null,
    })
    assert.is(ensemble.actor(3).state.partial?.bytes, 60)
  },
)

test('a joiner that trickles does not keep the log for ever', () => {
  const ensemble = withBehind({
    retainedEntriesMax: 2,
    retainedBytesMax: 500,
    chunkBytesMax: 20,
    chunksInFlightMax: 1,
  })
  ensemble.view([1, 2, 3])
  let parts = 0
  ensemble.deliverUntil(({ type }) => type === 'snapshot' && ++parts === 3)
  ensemble.lose = (_, __, { type }) => type === 'fetch'
  ensemble.deliver()
  const { state } = ensemble.actor(1)
  assert.ok(state.donor)
  for (let i = 0; i < 60; i++) {
    ensemble.submit(1, `word ${i}`)
    ensemble.deliver()
    assert.ok(state.log.bytes <= 1200, `${state.log.bytes} bytes are kept`)
  }
  assert.is(state.donor, null)
  ensemble.lose = () => false
  ensemble.pass(3000)
  assert.is(ensemble.words(3), ensemble.words(1))
})

testRule(test, 'an epoch is adopted when its log is complete', 'adopted-before-transfer', (fault) => {
  const ensemble = withBehind({}, fault)
  const { epoch } = ensemble.actor(3).state
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'fetch')
  assert.equal(ensemble.actor(3).state.epoch, epoch)
})

test.run()

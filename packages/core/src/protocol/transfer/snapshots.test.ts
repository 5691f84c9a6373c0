// Catching up by a snapshot: its parts, whose they are, and what they bring (R8.5, R8.6, R8.8, R8.11, R8.12).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RunningDigest } from '../../digest.ts'
import type { Chain } from '../../log/entry.ts'
import type { Fetch } from '../../wire/messages.ts'
import type { Ensemble } from '../ensemble.test-support.ts'
import type { SeededFault } from '../faults.ts'
import type { PersistOutput } from '../output.ts'
import { testRule } from '../scenario.test-support.ts'
import { assertSame, count, withBehind } from './behind.test-support.ts'

const test = suite('snapshots')

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

/** What leads to a write that makes parts the snapshot, and whether that leaves in the very step. */
function namings(ensemble: Ensemble, id: number): boolean[] {
  const { engine } = ensemble.actor(id)
  const step = engine.step.bind(engine)
  const found: boolean[] = []
  engine.step = (input, nowMs) => {
    const outputs = step(input, nowMs)
    const whole = input.type === 'compact' || outputs.some(({ type }) => type === 'restore')
    if (whole) found.push(outputs.some((output) => output.type === 'persist' && output.snapshot !== null))
    return outputs
  }
  return found
}

test('a snapshot that is whole is named in the step that makes it so: the next part may be another’s', () => {
  const ensemble = withBehind({ retainedEntriesMax: 2, chunkBytesMax: 60 })
  const found = namings(ensemble, 3)
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  const { commit, log } = ensemble.actor(3).state
  ensemble.step(3, { type: 'compact', at: { index: commit, chain: log.lastChain } })
  assert.equal(found, [true, true])
})

test('an own snapshot goes with the commit that it rests on, and with no entry that is kept for others', () => {
  const ensemble = withBehind({ retainedEntriesMax: 2 })
  const { state, disk } = ensemble.actor(1)
  const writes: PersistOutput[] = []
  disk.write = (write) => void writes.push(write)
  const at = { index: state.commit, chain: state.log.lastChain }
  ensemble.step(1, { type: 'compact', at })
  const [write] = writes
  assert.equal([write?.snapshot, write?.record.commit], [at, at.index])
  assert.is(write?.forget, state.log.start)
  assert.ok(state.log.start < at.index)
})

test.run()

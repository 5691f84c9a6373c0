// A disk that lags: what waits for it is bounded, and the replica comes back (R9.6).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeBody } from '../../log/body.ts'
import { Ensemble } from '../ensemble.test-support.ts'
import { defaultTimeouts } from '../options.ts'
import { assertSame, withBehind } from '../transfer/behind.test-support.ts'

const test = suite('a disk that lags')

const limits = { backlogEntriesMax: 20, retainedEntriesMax: 10, chunkBytesMax: 200 }
const words = Array.from({ length: 200 }, (_, i) => `w${i}`)

/** Three voters; the disk of node 3 hangs while the others commit all words, one by one. */
function withHungDisk(): Ensemble {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], limits }, 1, 2, 3)
  ensemble.actor(3).slow = true
  for (const word of words) {
    ensemble.submit(1, word)
    ensemble.deliver()
  }
  return ensemble
}

function recover(ensemble: Ensemble): void {
  ensemble.actor(3).slow = false
  ensemble.sync(3)
  ensemble.pass(100)
}

function assertCurrent(ensemble: Ensemble): void {
  assert.ok(ensemble.actor(3).state.active)
  assert.is(ensemble.words(3), words.join(' '))
}

const rounds = (ensemble: Ensemble): number =>
  ensemble.said().filter((line) => line.includes('prepare')).length

test('what waits for a disk that hangs is bounded while the others commit', () => {
  const ensemble = withHungDisk()
  const { log, writes, active } = ensemble.actor(3).state
  assert.is(ensemble.words(1), words.join(' '))
  assert.not(active)
  assert.ok(writes.length <= limits.backlogEntriesMax + 2, `${writes.length} writes`)
  assert.ok(log.last - log.start <= limits.backlogEntriesMax + limits.retainedEntriesMax + 2)
})

test('… in bytes, too', () => {
  const large = { backlogBytesMax: 1000 }
  const ensemble = Ensemble.running({ voters: [1, 2, 3], limits: large }, 1, 2, 3)
  ensemble.actor(3).slow = true
  for (let i = 0; i < 20; i++) {
    ensemble.submit(1, 'w'.repeat(200))
    ensemble.deliver()
  }
  assert.not(ensemble.actor(3).state.active)
})

test('… parts of a snapshot, too, which goes on where it was', () => {
  const ensemble = withBehind({
    ...{ retainedEntriesMax: 2, chunkBytesMax: 60, chunksInFlightMax: 4, backlogBytesMax: 100 },
  })
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'fetch')
  ensemble.actor(3).slow = true
  ensemble.pass(500)
  const { state } = ensemble.actor(3)
  assert.is(state.joiner, null)
  assert.equal([state.backlog, state.partial?.bytes], [{ entries: 0, bytes: 120 }, 120])
  ensemble.said()
  recover(ensemble)
  assert.not(ensemble.said().some((line) => line.endsWith('bytes from 0')))
  assertSame(ensemble, 'a b c d e f g h')
})

test('a joiner asks for no more than the disk can store, and starts no rounds meanwhile', () => {
  const ensemble = withBehind({
    ...{ retainedEntriesMax: 2, chunkBytesMax: 60, chunksInFlightMax: 1, backlogBytesMax: 200 },
  })
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'fetch')
  const actor = ensemble.actor(3)
  actor.slow = true
  ensemble.said()
  ensemble.pass(20_000)
  assert.is(actor.state.partial?.bytes, 120)
  assert.is(rounds(ensemble), 0)
  ensemble.sync(3, actor.waiting.length - 1)
  ensemble.pass(10)
  assert.is(actor.state.partial?.bytes, 180)
  recover(ensemble)
  assert.is(rounds(ensemble), 0)
  assertSame(ensemble, 'a b c d e f g h')
})

test('a snapshot larger than the bound comes while commands go on, from a donor that soon drops it', () => {
  const ensemble = withBehind(
    { ...{ retainedEntriesMax: 2, chunkBytesMax: 20, chunksInFlightMax: 1, backlogBytesMax: 100 } },
    undefined,
    { snapshotIdleMs: 100 },
  )
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'fetch')
  const actor = ensemble.actor(3)
  actor.slow = true
  const isRestored = (): boolean => actor.notices.some(({ notice }) => notice === 'restored')
  for (let i = 0; i < 60 && !isRestored(); i++) {
    ensemble.submit(1, 'i')
    ensemble.pass(50)
    ensemble.sync(3, 1)
  }
  assert.ok(isRestored())
  assert.is(ensemble.said().filter((line) => line.endsWith('bytes from 0')).length, 1)
  recover(ensemble)
  assert.is(ensemble.words(3), ensemble.words(1))
})

test('it is said once', () => {
  const { notices } = withHungDisk().actor(3)
  const said = notices.filter(({ notice }) => notice === 'slow-disk')
  assert.equal(
    said.map((notice) => 'entries' in notice && notice.entries),
    [limits.backlogEntriesMax + 1],
  )
})

test('while its disk hangs it asks for no round, however long', () => {
  const ensemble = withHungDisk()
  ensemble.said()
  ensemble.pass(20_000)
  assert.is(rounds(ensemble), 0)
  assert.ok(ensemble.actor(1).state.active)
})

test('when all is stored one round brings it in again', () => {
  const ensemble = withHungDisk()
  ensemble.said()
  recover(ensemble)
  assert.is(rounds(ensemble), 1)
  assertCurrent(ensemble)
})

test('a part of it is not enough', () => {
  const ensemble = withHungDisk()
  ensemble.said()
  ensemble.sync(3, 10)
  assert.equal(ensemble.said(), [])
  recover(ensemble)
  assertCurrent(ensemble)
})

test('in a round that begins meanwhile its late PROMISE brings it in', () => {
  const ensemble = withHungDisk()
  const { group, voters, commit, promised } = ensemble.actor(2).state
  const refusal = { ballot: promised, promised, reason: 'lost', group, voters, commit } as const
  ensemble.inject(1, 2, { type: 'refuse', ...refusal })
  ensemble.pass(5000)
  assert.is(rounds(ensemble), 1)
  recover(ensemble)
  assert.not(ensemble.said().some((line) => line.endsWith('room')))
  assertCurrent(ensemble)
})

test('it asks for none when there is no view any more', () => {
  const ensemble = withHungDisk()
  ensemble.input(3, { type: 'down' })
  ensemble.said()
  ensemble.sync(3)
  assert.equal(ensemble.said(), [])
})

test('and leaves the coordinator its time for that', () => {
  const ensemble = withHungDisk()
  ensemble.pass(20_000)
  ensemble.sync(3)
  assert.ok(ensemble.actor(3).engine.deadlineMs > ensemble.now + 4 * defaultTimeouts.collectionMs)
})

test('a coordinator that is dead when it comes back is passed over', () => {
  const ensemble = withHungDisk()
  ensemble.actor(1).hung = true
  recover(ensemble)
  ensemble.pass(1000)
  assertCurrent(ensemble)
  assert.ok(ensemble.actor(2).state.active)
})

test('a joiner whose disk hangs gives up as well, and keeps what was committed', () => {
  const keeping = { ...limits, retainedEntriesMax: 1000 }
  const ensemble = Ensemble.running({ voters: [1, 2, 3], limits: keeping }, 1, 2, 3)
  ensemble.crash(3)
  ensemble.view([1, 2])
  for (const word of words) {
    ensemble.submit(1, word)
    ensemble.deliver()
  }
  ensemble.start(3)
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'entries')
  ensemble.actor(3).slow = true
  ensemble.deliver()
  const { joiner, commit, backlog } = ensemble.actor(3).state
  assert.is(joiner, null)
  assert.ok(backlog.entries <= 2 * limits.backlogEntriesMax && commit >= backlog.entries)
  recover(ensemble)
  assertCurrent(ensemble)
})

test('what it has sent may be counted by those who go on', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], limits: { backlogEntriesMax: 1 } }, 1, 2, 3)
  const { state } = ensemble.actor(3)
  ensemble.submit(1, 'word')
  ensemble.deliver(1)
  ensemble.actor(3).slow = true
  const body = { type: 'tick', timeMs: 1 } as const
  const { ballot } = state.epoch
  for (let i = 0; i < 3; i++)
    ensemble.inject(3, 1, { type: 'propose', ballot, body, payload: encodeBody(body), ack: null })
  assert.not(state.active)
  assert.equal([state.certain, state.possible], [1, 2])
})

test.run()

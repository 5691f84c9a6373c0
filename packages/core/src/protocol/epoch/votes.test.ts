// What stays valid of the acks of an epoch that is left (R7.2 to R7.7).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Prepare } from '../../wire/messages.ts'
import type { Disk } from '../disk.test-support.ts'
import { Ensemble } from '../ensemble.test-support.ts'
import type { SeededFault } from '../faults.ts'
import { testRule } from '../scenario.test-support.ts'

const test = suite('valid votes')

/** Node 3 has sent an ack for index 2, and nobody has delivered it; of index 1 it has. Node 4 is no participant. */
function withAckUnderWay(fault?: SeededFault): Ensemble {
  const ensemble = new Ensemble({ voters: [1, 2, 3], fault })
  for (const id of [1, 2, 3, 4]) ensemble.start(id)
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  ensemble.actor(4).slow = true
  ensemble.view([1, 2, 3, 4])
  ensemble.pass(100)
  ensemble.submit(1, 'word')
  ensemble.deliverUntil(({ type }) => type === 'ack')
  assert.equal(votes(ensemble), { certain: 2, possible: 2 })
  ensemble.said()
  return ensemble
}

/** Of node 3. The word stands at index 3, and is acked. */
function votes(ensemble: Ensemble): { certain: number; possible: number } {
  const { certain, possible } = ensemble.actor(3).state
  return { certain, possible }
}

function prepareOf(ensemble: Ensemble, id: number): Prepare {
  const { state } = ensemble.actor(3)
  const { ring } = state.view as NonNullable<typeof state.view>
  const { group, voters, highestBallotNumber: number } = state
  const ballot = { number: number + 1, nodeid: id, incarnation: ensemble.actor(id).state.self.incarnation }
  return { type: 'prepare', ballot, ring, collectionTimeoutMs: 50, group, voters }
}

test('a confchg: others in the epoch saw of the acks what was seen here', () => {
  const ensemble = withAckUnderWay()
  ensemble.view([3])
  assert.equal(votes(ensemble), { certain: 2, possible: 2 })
})

test('a promise to a participant: the same', () => {
  const ensemble = withAckUnderWay()
  ensemble.inject(3, 2, prepareOf(ensemble, 2))
  assert.equal(votes(ensemble), { certain: 2, possible: 2 })
})

testRule(
  test,
  'a promise to who came in by a merge: others may go on counting',
  'possible-frozen-at-outsider',
  (fault) => {
    const ensemble = withAckUnderWay(fault)
    ensemble.inject(3, 4, prepareOf(ensemble, 4))
    assert.equal(votes(ensemble), { certain: 2, possible: 3 })
  },
)

testRule(
  test,
  'an own ack that comes back after a promise proves nothing',
  'certain-after-promise',
  (fault) => {
    const ensemble = withAckUnderWay(fault)
    ensemble.inject(3, 2, prepareOf(ensemble, 2))
    ensemble.deliver()
    assert.is(votes(ensemble).certain, 2)
  },
)

test('a bad ack: only this replica knows, others may go on counting', () => {
  const ensemble = withAckUnderWay()
  const { epoch, log } = ensemble.actor(3).state
  ensemble.inject(3, 2, { type: 'ack', ballot: epoch.ballot, index: 9, chain: log.lastChain })
  assert.equal(votes(ensemble), { certain: 2, possible: 3 })
  assert.ok(ensemble.said().includes('3: refuse 2.1: lost'))
})

test('the daemon dies: what was sent may be counted', () => {
  const ensemble = withAckUnderWay()
  ensemble.input(3, { type: 'down' })
  assert.equal(votes(ensemble), { certain: 2, possible: 3 })
})

test('the daemon dies after a view has ended the epoch: nothing changes', () => {
  const ensemble = withAckUnderWay()
  ensemble.view([3])
  ensemble.input(3, { type: 'down' })
  assert.equal(votes(ensemble), { certain: 2, possible: 2 })
})

test('a crash: certain is what was stored, possible is all that was stored', () => {
  const ensemble = withAckUnderWay()
  const disk: Disk = ensemble.crash(3)
  ensemble.start(3, {}, disk)
  assert.equal(votes(ensemble), { certain: 2, possible: 3 })
})

testRule(test, 'an adoption begins the votes anew', 'certain-not-reset', (fault) => {
  const ensemble = withAckUnderWay(fault)
  ensemble.actor(3).state.certain = 99
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'install')
  ensemble.deliver(1)
  assert.is(votes(ensemble).certain, 3)
})

testRule(test, 'an ack beyond the own end shows a lost proposal', 'ack-beyond-end-counted', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  ensemble.lose = (to, _, { type }) => to === 3 && type === 'propose'
  ensemble.submit(1, 'word')
  ensemble.deliver()
  assert.ok(ensemble.said().includes('3: refuse 1.1: lost'))
  assert.is(ensemble.words(3), 'word')
})

testRule(test, 'an ack of another content shows a lost proposal', 'ack-chain-unchecked', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  ensemble.lose = (to, from, { type }) => to === 3 && from === 1 && type === 'propose'
  ensemble.submit(1, 'one')
  ensemble.submit(2, 'two')
  ensemble.deliver()
  assert.is(ensemble.words(3), 'one two')
})

testRule(test, 'an own delivery commits nothing', 'commit-on-own-delivery', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  for (const id of [2, 3]) ensemble.actor(id).slow = true
  ensemble.submit(1, 'word')
  ensemble.deliver()
  assert.is(ensemble.actor(1).state.commit, 1)
})

testRule(test, 'nothing is acked before it is on disk', 'ack-before-sync', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  ensemble.actor(3).slow = true
  ensemble.submit(1, 'word')
  ensemble.deliver()
  assert.not(ensemble.said().includes('3: ack 2'))
  ensemble.sync(3)
  assert.ok(ensemble.said().includes('3: ack 2'))
})

test.run()

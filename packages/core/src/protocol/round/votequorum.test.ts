// Policy votequorum: fewer than a majority may go on, and only where nobody else can (R5.21, R5.22).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { VoterSet } from '../../wire/group.ts'
import { Ensemble } from '../ensemble.test-support.ts'
import type { SeededFault } from '../faults.ts'
import { testRule } from '../scenario.test-support.ts'

const test = suite('votequorum')
const voters: VoterSet = { nodeids: [1, 2], policy: 'votequorum' }

/** Both are here and quorate, and have committed a word. */
function pair(fault?: SeededFault): Ensemble {
  const ensemble = new Ensemble({ voters, fault })
  for (const id of [1, 2]) ensemble.start(id)
  ensemble.view([1, 2])
  ensemble.quorum([1, 2], true)
  ensemble.pass(500)
  ensemble.submit(1, 'both')
  ensemble.deliver()
  assert.is(ensemble.words(2), 'both')
  ensemble.said()
  return ensemble
}

/** Node 1 is alone, and its ring is quorate (two_node). */
function alone(ensemble: Ensemble): void {
  ensemble.view([1])
  ensemble.quorum([1], true)
  ensemble.pass(1000)
}

const fence = (ensemble: Ensemble, id: number, nodeid: number): void => {
  ensemble.input(id, { type: 'fenced', nodeid })
  ensemble.pass(1000)
}

const isPrimary = (ensemble: Ensemble, id: number): boolean => ensemble.actor(id).state.active

test('a view that becomes quorate late installs then', () => {
  const ensemble = new Ensemble({ voters })
  for (const id of [1, 2]) ensemble.start(id)
  ensemble.view([1, 2])
  ensemble.pass(200)
  assert.is(ensemble.actor(1).obstacle, 'no-quorum')
  ensemble.quorum([2], true)
  ensemble.quorum([1], true)
  ensemble.pass(200)
  assert.ok(isPrimary(ensemble, 1))
})

testRule(test, 'quorate alone is not enough', 'quorum-flag-alone', (fault) => {
  const ensemble = pair(fault)
  alone(ensemble)
  assert.not(isPrimary(ensemble, 1))
  assert.ok(ensemble.said().includes('1! no-quorum: 2'))
})

testRule(
  test,
  'what the quorum service said of another ring does not count',
  'quorum-of-another-ring',
  (fault) => {
    const ensemble = pair(fault)
    ensemble.view([1, 2])
    ensemble.pass(1000)
    assert.not(isPrimary(ensemble, 1))
  },
)

testRule(test, 'alone only after the other was fenced', 'alone-unfenced', (fault) => {
  const ensemble = pair(fault)
  alone(ensemble)
  assert.not(isPrimary(ensemble, 1))
})

test('after the other was fenced the last one goes on, and commits alone', () => {
  const ensemble = pair()
  alone(ensemble)
  fence(ensemble, 1, 2)
  assert.ok(isPrimary(ensemble, 1))
  ensemble.submit(1, 'alone')
  ensemble.deliver()
  assert.is(ensemble.words(1), 'both alone')
})

testRule(test, 'not alone from a restarted process', 'alone-restarted', (fault) => {
  const ensemble = pair(fault)
  ensemble.start(1, {}, ensemble.crash(1))
  alone(ensemble)
  fence(ensemble, 1, 2)
  assert.not(isPrimary(ensemble, 1))
})

testRule(test, 'not alone without having seen a commit of the epoch', 'alone-without-commit', (fault) => {
  const ensemble = pair(fault)
  ensemble.view([1, 2])
  ensemble.quorum([1, 2], true)
  ensemble.lose = (_, __, { type }) => type === 'ack'
  ensemble.pass(30)
  assert.ok(isPrimary(ensemble, 1))
  alone(ensemble)
  fence(ensemble, 1, 2)
  assert.not(isPrimary(ensemble, 1))
})

test('a fencing report of a node that is in the view is refused', () => {
  const ensemble = pair()
  fence(ensemble, 1, 2)
  assert.equal(ensemble.said(), ['1! fencing-refused'])
  assert.ok(isPrimary(ensemble, 1))
  alone(ensemble)
  assert.not(isPrimary(ensemble, 1))
})

test('the fenced node comes back with its old log, and gets what was committed without it', () => {
  const ensemble = pair()
  alone(ensemble)
  fence(ensemble, 1, 2)
  ensemble.submit(1, 'alone')
  ensemble.deliver()
  ensemble.start(2, {}, ensemble.crash(2))
  ensemble.view([2], [1])
  ensemble.quorum([2], true)
  ensemble.pass(1000)
  assert.not(isPrimary(ensemble, 2))
  ensemble.view([1, 2])
  ensemble.quorum([1, 2], true)
  ensemble.pass(1000)
  assert.is(ensemble.words(2), 'both alone')
})

test('a commit needs every voter that participates', () => {
  const ensemble = pair()
  ensemble.actor(2).slow = true
  ensemble.submit(1, 'word')
  ensemble.deliver()
  assert.is(ensemble.words(1), 'both')
  ensemble.sync(2)
  ensemble.deliver()
  assert.is(ensemble.words(1), 'both word')
})

test('under the policy majority a fencing report starts no round', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.view([1], [2, 3])
  ensemble.deliver()
  ensemble.said()
  ensemble.input(1, { type: 'fenced', nodeid: 2 })
  assert.equal(ensemble.said(), [])
})

test.run()

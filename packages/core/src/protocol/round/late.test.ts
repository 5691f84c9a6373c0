// Slow disks, lost messages and other views: what a round does about them (R5.7, R5.12 to R5.14).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ensemble } from '../ensemble.test-support.ts'
import type { SeededFault } from '../faults.ts'
import { testRule } from '../scenario.test-support.ts'

const test = suite('rounds and lateness')

/** PREPAREs in half a minute in which the disk of node `slow` is written every `syncMs`. */
function roundsWith(slow: number, syncMs: number, fault?: SeededFault): number {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  ensemble.actor(slow).slow = true
  ensemble.view([1, 2, 3])
  for (let ms = 0; ms < 30_000; ms += syncMs) {
    ensemble.pass(syncMs)
    ensemble.sync(slow)
  }
  return ensemble.said().filter((line) => line.includes('prepare')).length
}

testRule(test, 'one slow disk does not keep the view busy', 'no-doubling', (fault) => {
  const rounds = roundsWith(3, 1000, fault)
  assert.ok(rounds <= 10, `${rounds} rounds in 30 s`)
})

test('nor does a slow disk of the coordinator', () => {
  const rounds = roundsWith(1, 1000)
  assert.ok(rounds <= 12, `${rounds} rounds in 30 s`)
})

test('a disk that is late once comes in by one more round', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.actor(3).slow = true
  ensemble.view([1, 2, 3])
  ensemble.pass(60)
  ensemble.actor(3).slow = false
  ensemble.sync(3)
  ensemble.deliver()
  const rounds = ensemble.said().filter((line) => /prepare|install|promise/.test(line))
  assert.equal(rounds, [
    '1: prepare 2.1',
    '1: promise 2.1',
    '2: promise 2.1',
    '1: install 2.1 at 1 for 1 2',
    '3: promise 2.1',
    '1: prepare 3.1',
    '1: promise 3.1',
    '2: promise 3.1',
    '3: promise 3.1',
    '1: install 3.1 at 2 for 1 2 3',
  ])
})

test('a coordinator whose own disk is late comes in by one more round', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.actor(1).slow = true
  ensemble.view([1, 2, 3])
  ensemble.pass(60)
  ensemble.actor(1).slow = false
  ensemble.sync(1)
  ensemble.pass(20)
  assert.ok(ensemble.actor(1).state.active)
  assert.is(ensemble.said().filter((line) => line.includes('prepare')).length, 2)
})

testRule(test, 'who misses a PROMISE does not adopt', 'no-participants-rule', (fault) => {
  const ensemble = new Ensemble({ voters: [1, 2, 3], fault })
  for (const id of [1, 2, 3]) ensemble.start(id)
  ensemble.lose = (to, from, { type }) => to === 3 && from === 2 && type === 'promise'
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'refuse')
  assert.ok(ensemble.said().includes('3: refuse 1.1: missed'))
})

testRule(test, 'who promised in another view refuses', 'no-refuse-from-other-view', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'install')
  const install = ensemble.actor(1).state.round?.install
  ensemble.view([1, 2, 3])
  assert.ok(install)
  ensemble.said()
  ensemble.inject(3, 1, install)
  assert.ok(ensemble.said().includes('3: refuse 2.1: missed'))
  assert.not(ensemble.actor(3).state.active)
})

test('a coordinator that is dead while a member is passed over after the takeover time', () => {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 2, 3]) ensemble.start(id)
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  ensemble.actor(1).hung = true
  ensemble.view([1, 2, 3])
  ensemble.pass(1000)
  assert.ok(ensemble.actor(2).state.active)
  assert.ok(ensemble.actor(3).state.active)
  assert.is(ensemble.said().filter((line) => line.includes('prepare')).length, 2)
})

test('a round that waits is given up with the ballot that it was to follow', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  const { state } = ensemble.actor(1)
  ensemble.actor(3).slow = true
  ensemble.view([1, 2, 3])
  for (let i = 0; i < 2; i++) {
    ensemble.pass(150)
    ensemble.sync(3)
    ensemble.deliver()
  }
  assert.ok(state.delayedRoundMs)
  const { ring } = state.view as NonNullable<typeof state.view>
  const { group, voters, highestBallotNumber } = state
  const { incarnation } = ensemble.actor(2).state.self
  const ballot = { number: highestBallotNumber + 1, nodeid: 2, incarnation }
  ensemble.inject(1, 2, { type: 'prepare', ballot, ring, collectionTimeoutMs: 50, group, voters })
  assert.is(state.delayedRoundMs, null)
})

test('a PREPARE of another ring, or from outside the view, is ignored', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3, 4)
  ensemble.view([1, 2, 3], [4])
  ensemble.deliver()
  ensemble.said()
  const { state } = ensemble.actor(3)
  const { ring } = state.view as NonNullable<typeof state.view>
  const { group, voters, highestBallotNumber } = state
  const ballot = {
    number: highestBallotNumber + 1,
    nodeid: 4,
    incarnation: ensemble.actor(4).state.self.incarnation,
  }
  const prepare = { type: 'prepare', ballot, ring, collectionTimeoutMs: 50, group, voters } as const
  ensemble.inject(3, 4, prepare)
  ensemble.inject(3, 2, { ...prepare, ring: { ...ring, seq: ring.seq + 1n } })
  assert.equal(ensemble.said(), [])
})

test.run()

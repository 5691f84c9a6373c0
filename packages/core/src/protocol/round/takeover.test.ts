// How long a member waits before it takes the round over (R5.5, R5.7).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ensemble } from '../ensemble.test-support.ts'
import { defaultTimeouts } from '../options.ts'
import { testRule } from '../scenario.test-support.ts'

const test = suite('takeover')

/** Node 3, third in rank, waits at least this long. */
const thirdCollections = 5 + 2 * 2.5

test('a PREPARE with an absurd collection timeout puts no takeover off for ever', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  const { view, group, voters, self, highestBallotNumber } = ensemble.actor(1).state
  const { ring } = view as NonNullable<typeof view>
  const ballot = { number: highestBallotNumber + 1, nodeid: 1, incarnation: self.incarnation }
  const collectionTimeoutMs = Number.MAX_SAFE_INTEGER
  const prepare = { type: 'prepare', ballot, ring, collectionTimeoutMs, group, voters } as const
  ensemble.inject(2, 1, prepare)
  ensemble.inject(3, 1, prepare)
  ensemble.actor(1).hung = true
  ensemble.pass(10 * defaultTimeouts.collectionMsMax)
  assert.ok(ensemble.actor(2).state.active)
  assert.ok(ensemble.actor(3).state.active)
})

test('one that refuses an INSTALL gives its coordinator the whole time for another round', () => {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 2, 3]) ensemble.start(id)
  ensemble.lose = (to, from, { type }) => to === 3 && from === 2 && type === 'promise'
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'install')
  ensemble.now += 300
  ensemble.deliverUntil(({ type }) => type === 'refuse')
  const { takeoverMs } = ensemble.actor(3).state
  assert.ok((takeoverMs as number) >= ensemble.now + thirdCollections * defaultTimeouts.collectionMs)
})

const slow = 'where a whole round needs longer than a takeover timeout, one comes through in the end'
testRule(test, slow, 'no-doubling', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  ensemble.view([1, 2, 3])
  ensemble.passSlowly(60_000, () => 100)
  assert.ok([1, 2, 3].every((id) => ensemble.actor(id).state.active))
})

test('where the doubling is tuned to end below what a view has come to, its rounds keep that time', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.view([1, 2, 3])
  for (const { id, state } of ensemble.actors.values()) {
    const timeouts = { ...defaultTimeouts, collectionMsMax: 1 }
    ensemble.input(id, { type: 'tune', limits: state.limits, timeouts })
  }
  ensemble.passSlowly(10_000, () => 5)
  for (const { state } of ensemble.actors.values()) {
    assert.ok(state.active)
    assert.is(state.collectionMs, defaultTimeouts.collectionMs)
  }
})

test.run()

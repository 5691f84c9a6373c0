// How a group begins: with every voter, and nobody in the view who knows better (R5.23, R2.2).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ensemble } from './ensemble.test-support.ts'
import type { SeededFault } from './faults.ts'
import { testRule } from './scenario.test-support.ts'

const test = suite('bootstrap')

function blanks(ids: readonly number[], fault?: SeededFault): Ensemble {
  const ensemble = new Ensemble({ voters: [1, 2, 3], fault })
  for (const id of ids) ensemble.start(id)
  return ensemble
}

test('all voters begin a group together', () => {
  const ensemble = blanks([1, 2, 3])
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  assert.equal(ensemble.said(), [
    '1: prepare 1.1',
    '1: promise 1.1',
    '2: promise 1.1',
    '3: promise 1.1',
    '1: install 1.1 at 0 for 1 2 3',
    '1! adopted 1.1',
    '2! adopted 1.1',
    '3! adopted 1.1',
    '1: ack 1',
    '2: ack 1',
    '3: ack 1',
  ])
  for (const id of [1, 2, 3]) assert.is(ensemble.actor(id).state.commit, 1)
})

testRule(test, 'a majority of blanks begins nothing', 'bootstrap-from-majority', (fault) => {
  const ensemble = blanks([1, 2], fault)
  ensemble.view([1, 2])
  ensemble.pass(1000)
  assert.is(ensemble.actor(1).state.group, null)
  assert.ok(ensemble.said().includes('1! bootstrap: 3'))
})

test('a member that does not answer delays the beginning, and is named', () => {
  const ensemble = blanks([1, 2, 3])
  ensemble.start(4).hung = true
  ensemble.view([1, 2, 3, 4])
  ensemble.pass(1000)
  assert.is(ensemble.actor(1).state.group, null)
  assert.ok(ensemble.said().includes('1! bootstrap: 4'))
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  assert.is(ensemble.actor(3).state.commit, 1)
})

testRule(
  test,
  'a first INSTALL that reached one member only is no dead end',
  'blank-never-intact',
  (fault) => {
    const ensemble = blanks([1, 2, 3], fault)
    ensemble.view([1, 2, 3])
    ensemble.deliverUntil(({ type }) => type === 'install')
    ensemble.lose = (to, _, { type }) => type === 'install' && to !== 1
    ensemble.deliver()
    ensemble.view([2, 3])
    ensemble.pass(500)
    assert.is(ensemble.actor(2).obstacle, 'bootstrap')
    ensemble.lose = () => false
    ensemble.view([1, 2])
    ensemble.pass(500)
    assert.is(ensemble.actor(2).state.commit, 2)
    assert.equal(ensemble.actor(2).state.group, ensemble.actor(1).state.group)
  },
)

test('a learner that has the state keeps blank voters from beginning another group', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3, 4)
  ensemble.restart(1, 2, 3)
  ensemble.view([1, 2, 3, 4])
  ensemble.pass(1000)
  assert.is(ensemble.actor(1).obstacle, 'bootstrap')
  assert.is(ensemble.actor(1).state.group, null)
})

test.run()

// How a group begins: with every voter, and nobody in the view who knows better (R5.23).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ensemble } from './ensemble.test-support.ts'
import type { SeededFault } from './faults.ts'

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

test.run()

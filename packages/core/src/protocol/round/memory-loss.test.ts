// Voters that have lost their memory: who still counts, and whose commit is kept (R2.2, R5.20, R6.2).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ensemble } from '../ensemble.test-support.ts'
import type { SeededFault } from '../faults.ts'
import { testRule } from '../scenario.test-support.ts'

const test = suite('lost memories')

/** Nodes 1, 2 and the learner 4 have committed a word that node 3 has missed; then 1 and 2 lose their memory. */
function withBlankMajority(fault?: SeededFault): Ensemble {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3, 4)
  ensemble.view([1, 2, 4], [3])
  ensemble.deliver()
  ensemble.submit(1, 'word')
  ensemble.deliver()
  ensemble.restart(1, 2)
  ensemble.said()
  return ensemble
}

function aheadOfBlankMajority(fault?: SeededFault): void {
  const ensemble = withBlankMajority(fault)
  ensemble.view([1, 2, 3, 4])
  ensemble.pass(1000)
  for (const id of [1, 2, 3, 4]) {
    assert.is(ensemble.words(id), 'word', `node ${id}`)
    assert.ok(ensemble.actor(id).state.active)
  }
  assert.ok(ensemble.said().includes('1! intact-minority'))
}

for (const fault of ['learners-commit-ignored', 'commit-not-in-promise'] as const) {
  testRule(test, 'a learner that is ahead of a blank majority keeps its commit', fault, aheadOfBlankMajority)
}

testRule(test, 'a blank voter does not help to outvote one that is away', 'blank-counts', (fault) => {
  const ensemble = withBlankMajority(fault)
  ensemble.view([1, 3])
  ensemble.pass(1000)
  assert.not(ensemble.actor(3).state.active)
  assert.is(ensemble.actor(1).obstacle, 'no-quorum')
})

test.run()

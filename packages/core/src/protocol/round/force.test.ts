// What only the operator may do, and what becomes of the history that he gives up (R5.30 to R5.32).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { VoterSet } from '../../wire/group.ts'
import { Ensemble } from '../ensemble.test-support.ts'
import type { Force } from '../force.ts'

const test = suite('force')

function force(ensemble: Ensemble, id: number, what: Partial<Force>): void {
  const order: Force = { missing: [], logOf: null, voters: null, ...what }
  ensemble.input(id, { type: 'force', force: order })
  ensemble.pass(1000)
}

/** All voters have lost their memory; node 4, a learner, has the words. */
function blankVoters(): Ensemble {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3, 4)
  ensemble.submit(4, 'kept')
  ensemble.deliver()
  for (const id of [1, 2, 3]) ensemble.crash(id)
  for (const id of [1, 2]) ensemble.start(id)
  ensemble.view([1, 2, 4])
  ensemble.pass(500)
  ensemble.said()
  return ensemble
}

test('blank voters go on with the log of a learner', () => {
  const ensemble = blankVoters()
  const { group } = ensemble.actor(4).state
  force(ensemble, 1, { missing: [3] })
  for (const id of [1, 2, 4]) {
    assert.is(ensemble.words(id), 'kept', `node ${id}`)
    assert.ok(ensemble.actor(id).state.active)
    assert.is(ensemble.actor(id).state.group?.random, group?.random)
  }
  ensemble.submit(1, 'new')
  ensemble.deliver()
  assert.is(ensemble.words(4), 'kept new')
})

test('a voter that is neither here nor named as missing is missed', () => {
  const ensemble = blankVoters()
  force(ensemble, 1, {})
  assert.ok(ensemble.said().includes('1! no-quorum: 3'))
  assert.not(ensemble.actor(1).state.active)
})

test('the log that is taken must be here', () => {
  const ensemble = blankVoters()
  force(ensemble, 1, { logOf: 3 })
  assert.ok(ensemble.said().includes('1! no-such-log'))
  assert.not(ensemble.actor(1).state.active)
})

test('nothing is forced before anybody has answered', () => {
  const ensemble = blankVoters()
  for (const id of [1, 2, 4]) ensemble.actor(id).slow = true
  force(ensemble, 1, { missing: [3] })
  assert.not(ensemble.actor(1).state.active)
})

test('a group begins without a voter that will never come', () => {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 2]) ensemble.start(id)
  ensemble.view([1, 2])
  ensemble.pass(100)
  force(ensemble, 1, { missing: [3] })
  ensemble.submit(2, 'word')
  ensemble.deliver()
  assert.is(ensemble.words(1), 'word')
  assert.equal(ensemble.actor(1).machine.versions, { protocol: 1, machine: 1 })
})

/** Nodes 1 and 2 go on in another generation with other voters; node 3 was away. */
function otherVoters(): Ensemble {
  const ensemble = Ensemble.running({ voters: [1, 2, 3, 4] }, 1, 2, 3, 4)
  ensemble.submit(3, 'both')
  ensemble.deliver()
  ensemble.view([1, 2], [3], [4])
  ensemble.pass(100)
  const voters: VoterSet = { nodeids: [1, 2, 3], policy: 'majority' }
  force(ensemble, 1, { missing: [3, 4], voters })
  ensemble.submit(1, 'forced')
  ensemble.deliver()
  return ensemble
}

test('another voter set holds for those who take part', () => {
  const ensemble = otherVoters()
  for (const id of [1, 2]) {
    assert.equal(ensemble.actor(id).state.voters.nodeids, [1, 2, 3])
    assert.is(ensemble.words(id), 'both forced')
  }
})

for (const coordinator of ['new', 'old'] as const) {
  test(`a member of the old generation sets its state aside, met by a coordinator of the ${coordinator} one`, () => {
    const ensemble = otherVoters()
    // Both sides of the old history could go on: node 3 has something of its own.
    const returning = 3
    ensemble.submit(returning, 'given up')
    const before = ensemble.actor(returning).state
    const { memory } = before
    if (coordinator === 'old') for (const id of [1, 2]) ensemble.actor(id).hung = true
    ensemble.view([1, 2, 3])
    for (const id of [1, 2]) ensemble.actor(id).hung = false
    if (coordinator === 'old') ensemble.view([1, 2, 3])
    ensemble.pass(2000)
    const { state, notices, stopped } = ensemble.actor(returning)
    assert.is(stopped, null)
    assert.ok(notices.some(({ notice }) => notice === 'set-aside'))
    assert.is(state.memory, memory)
    assert.equal(state.group, ensemble.actor(1).state.group)
    assert.ok(ensemble.words(returning).startsWith('both forced'), ensemble.words(returning))
    assert.ok(state.active)
  })
}

test('who is not in the new voter set goes on as a learner', () => {
  const ensemble = otherVoters()
  ensemble.view([1, 2, 3, 4])
  ensemble.pass(2000)
  assert.is(ensemble.actor(4).state.role, 'learner')
  assert.ok(ensemble.actor(4).state.active)
  assert.is(ensemble.words(4), 'both forced')
})

test('a node that is new in the voter set votes from its next start', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3, 4)
  const voters: VoterSet = { nodeids: [1, 2, 4], policy: 'majority' }
  force(ensemble, 1, { voters })
  assert.is(ensemble.actor(4).state.role, 'learner')
  assert.is(ensemble.actor(3).state.role, 'learner')
  ensemble.start(4, { role: 'voter' }, ensemble.crash(4))
  ensemble.view([1, 4], [2], [3])
  ensemble.pass(1000)
  ensemble.submit(1, 'word')
  ensemble.deliver()
  assert.is(ensemble.words(4), 'word')
})

test('a coordinator that knows no group takes no old generation for the log of the new one', () => {
  const ensemble = otherVoters()
  const { state } = ensemble.actor(1)
  const old = ensemble.actor(3).state
  assert.ok(state.group && old.group)
  assert.is(state.group.random, old.group.random)
  const voters: VoterSet = { nodeids: [1, 2, 3], policy: 'majority' }
  ensemble.start(5, { voters })
  // Node 3 goes on for long in the old generation: its ballots are the highest of all.
  for (let i = 0; i < 20; i++) {
    ensemble.view([3])
    ensemble.pass(300)
  }
  Object.assign(old, { voters })
  ensemble.actor(1).hung = true
  ensemble.view([1, 2, 3, 5])
  ensemble.actor(1).hung = false
  ensemble.view([5, 3, 2, 1])
  ensemble.pass(5000)
  for (const id of [1, 2, 3])
    assert.ok(ensemble.words(id).startsWith('both forced'), `node ${id}: ${ensemble.words(id)}`)
})

test.run()

// A group that only a learner has stored, because every voter crashed first, is neither in the way of the next one nor
// taken for it (R5.23, R5.26, R5.27).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { GroupId, VoterSet } from '../../wire/group.ts'
import { Ensemble } from '../ensemble.test-support.ts'
import type { SeededFault } from '../faults.ts'
import { testRule } from '../scenario.test-support.ts'

const test = suite('stillborn groups')

function blanks(...ids: readonly number[]): Ensemble {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of ids) ensemble.start(id)
  return ensemble
}

/** An INSTALL that only `id` gets. */
function onlyStoredBy(ensemble: Ensemble, id: number): void {
  ensemble.lose = (to, _, { type }) => type === 'install' && to !== id
  ensemble.deliver()
  assert.is(ensemble.actor(id).state.blank, false)
  ensemble.lose = () => false
}

test('the operator takes what a learner has of the group, and not the log of one that never began', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3, 5)
  ensemble.submit(5, 'kept')
  ensemble.deliver()
  const { group } = ensemble.actor(5).state
  ensemble.restart(1, 2, 3)
  ensemble.start(4)
  ensemble.view([1, 2, 3, 4], [5])
  onlyStoredBy(ensemble, 4)
  ensemble.restart(1, 2, 3)
  ensemble.view([1, 2, 3, 4, 5])
  ensemble.pass(500)
  assert.is(ensemble.words(5), 'kept')
  ensemble.force(1, {})
  ensemble.pass(2000)
  assert.is(ensemble.actor(1).state.group?.random, group?.random)
  for (const id of [1, 2, 3, 5]) assert.is(ensemble.words(id), 'kept', `node ${id}`)
})

test('the log of a group that never began is not here for those of another', () => {
  const ensemble = blanks(1, 2, 3, 4)
  ensemble.view([1, 2, 3, 4])
  onlyStoredBy(ensemble, 4)
  ensemble.view([1, 2, 3])
  ensemble.pass(500)
  ensemble.submit(2, 'kept')
  ensemble.deliver()
  ensemble.crash(1)
  ensemble.start(1)
  ensemble.view([1, 2, 4])
  ensemble.pass(500)
  ensemble.force(1, { missing: [3], logOf: 4 })
  ensemble.pass(2000)
  assert.is(ensemble.words(2), 'kept')
  ensemble.view([1, 2, 3, 4])
  ensemble.pass(5000)
  assert.is(ensemble.words(3), 'kept')
  assert.ok([1, 2, 3].every((id) => ensemble.actor(id).state.active))
})

test('a voter by force, that has restarted to vote, is a log to go on from', () => {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 2, 4]) ensemble.start(id, { votersFromNodeList: true })
  ensemble.view([1, 2, 4])
  ensemble.pass(100)
  // 1 does not store it.
  ensemble.lose = (to, _, { type }) => type === 'install' && to === 1
  const voters: VoterSet = { nodeids: [1, 2, 4], policy: 'majority' }
  ensemble.force(1, { missing: [3], voters })
  ensemble.deliver()
  ensemble.lose = () => false
  const { group } = ensemble.actor(4).state
  assert.ok(group)
  const disk = ensemble.crash(4)
  ensemble.crash(2)
  ensemble.start(4, { role: 'voter' }, disk)
  ensemble.view([1, 4])
  ensemble.pass(3000)
  assert.is(ensemble.actor(4).state.group?.random, group?.random)
  assert.ok(ensemble.actor(4).state.active)
})

test('a learner on the node of a voter keeps nobody waiting either', () => {
  const ensemble = blanks(1, 2, 3)
  ensemble.start(103, { role: 'learner' })
  ensemble.view([1, 2, 3, 103])
  onlyStoredBy(ensemble, 103)
  ensemble.restart(1, 2, 3)
  ensemble.view([1, 2, 3, 103])
  ensemble.pass(5000)
  assert.ok(ensemble.actor(1).state.commit > 0)
})

test('the generation of a group that never began outranks nobody of another', () => {
  const ensemble = blanks(1, 2, 4)
  ensemble.view([1, 2, 4])
  ensemble.pass(100)
  ensemble.force(1, { missing: [3] })
  onlyStoredBy(ensemble, 4)
  for (const id of [1, 2]) ensemble.crash(id)
  for (const id of [1, 2, 3]) ensemble.start(id)
  ensemble.view([1, 2, 3])
  ensemble.pass(500)
  assert.ok(ensemble.actor(3).state.commit > 0)
  ensemble.submit(2, 'kept')
  ensemble.deliver()
  ensemble.crash(1)
  ensemble.start(1)
  ensemble.said()
  ensemble.view([1, 2, 3, 4])
  ensemble.deliver()
  const { obstacle } = ensemble.actor(1)
  ensemble.pass(5000)
  assert.is(ensemble.words(1), 'kept')
  assert.is(obstacle, 'none')
})

test('the state of a learner outlives a forced beginning that never was', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3, 5)
  ensemble.submit(5, 'kept')
  ensemble.deliver()
  ensemble.restart(1, 2, 3)
  ensemble.start(4)
  ensemble.view([1, 2, 4], [5])
  ensemble.pass(100)
  ensemble.force(1, { missing: [3] })
  onlyStoredBy(ensemble, 4)
  ensemble.restart(1, 2, 3)
  ensemble.view([1, 2, 3, 4, 5])
  ensemble.pass(500)
  ensemble.said()
  ensemble.force(1, {})
  ensemble.pass(2000)
  assert.is(ensemble.actor(5).stopped, null)
  assert.is(ensemble.words(1), 'kept')
})

const otherVoters = 'a group that never began, and has other voters, keeps nobody waiting'
testRule(test, otherVoters, 'stillborn-kept', (fault) => {
  const ensemble = new Ensemble({ voters: [1, 2, 3], fault })
  for (const id of [1, 2, 4]) ensemble.start(id)
  ensemble.view([1, 2, 4])
  ensemble.pass(100)
  const voters: VoterSet = { nodeids: [1, 2], policy: 'majority' }
  ensemble.force(1, { missing: [3], voters })
  onlyStoredBy(ensemble, 4)
  ensemble.start(3)
  ensemble.restart(1, 2, 3)
  ensemble.view([1, 2, 3, 4])
  ensemble.pass(10_000)
  assert.ok(ensemble.actor(3).state.commit > 0)
})

test('of two groups that never began the operator takes the one whose log he names', () => {
  const ensemble = blanks(1, 2, 3, 4, 5)
  ensemble.view([1, 2, 3, 4], [5])
  onlyStoredBy(ensemble, 4)
  ensemble.view([1, 2, 3, 5], [4])
  onlyStoredBy(ensemble, 5)
  ensemble.view([1, 2, 4, 5])
  ensemble.pass(500)
  const { random } = ensemble.actor(4).state.group as GroupId
  ensemble.force(1, { missing: [3] })
  ensemble.pass(2000)
  assert.is(ensemble.actor(1).state.obstacle?.reason, 'groups')
  ensemble.force(1, { missing: [3], logOf: 4 })
  ensemble.pass(2000)
  for (const id of [1, 2, 4, 5]) {
    assert.ok(ensemble.actor(id).state.active, `node ${id}`)
    assert.is(ensemble.actor(id).state.group?.random, random)
  }
})

test('a learner names a group whose voters may have begun it elsewhere', () => {
  const ensemble = blanks(1, 2, 3)
  const voters: VoterSet = { nodeids: [5, 6, 7], policy: 'majority' }
  for (const id of [5, 6, 7]) ensemble.start(id, { voters, role: 'voter' })
  ensemble.start(4, { voters })
  ensemble.view([4, 5, 6, 7])
  ensemble.deliverUntil(({ type }) => type === 'ack')
  assert.is(ensemble.actor(4).state.blank, false)
  ensemble.view([5, 6, 7], [1, 2, 3, 4])
  ensemble.pass(500)
  assert.is(ensemble.actor(1).obstacle, 'bootstrap')
})

/** Then no voter knows of a group. */
function stillborn(fault?: SeededFault): Ensemble {
  const ensemble = new Ensemble({ voters: [1, 2, 3], fault })
  for (const id of [1, 2, 3, 4]) ensemble.start(id)
  ensemble.view([1, 2, 3, 4])
  onlyStoredBy(ensemble, 4)
  return ensemble
}

function assertOneGroup(ensemble: Ensemble): void {
  const { group, commit } = ensemble.actor(1).state
  assert.ok(commit > 0)
  for (const { state, stopped } of ensemble.actors.values())
    assert.equal([state.group, state.commit, stopped], [group, commit, null])
}

const unstored = 'a learner whose group no voter has stored belongs to the one that they begin'
testRule(test, `${unstored} with it`, 'stillborn-kept', (fault) => {
  const ensemble = stillborn(fault)
  ensemble.view([2, 3, 4], [1])
  ensemble.view([1, 2, 3, 4])
  ensemble.pass(500)
  assertOneGroup(ensemble)
})

testRule(test, `${unstored} without it`, 'stillborn-kept', (fault) => {
  const ensemble = stillborn(fault)
  ensemble.view([1, 2, 3])
  ensemble.pass(500)
  ensemble.view([1, 2, 3, 4])
  ensemble.pass(500)
  assertOneGroup(ensemble)
})

testRule(
  test,
  `${unstored} …, also where a voter that has lost its disk coordinates`,
  'stillborn-kept',
  (fault) => {
    const ensemble = stillborn(fault)
    ensemble.view([1, 2, 3])
    ensemble.pass(500)
    ensemble.crash(1)
    ensemble.start(1)
    ensemble.view([1, 2, 3, 4])
    ensemble.pass(500)
    assertOneGroup(ensemble)
  },
)

test.run()

// What only the operator may do (R5.30, R5.32).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { VoterSet } from '../../wire/group.ts'
import type { Install } from '../../wire/messages.ts'
import { Ensemble } from '../ensemble.test-support.ts'
import type { RoundState } from '../state.ts'

const test = suite('force')

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
  ensemble.force(1, { missing: [3] })
  ensemble.pass(1000)
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
  ensemble.force(1, {})
  ensemble.pass(1000)
  assert.ok(ensemble.said().includes('1! no-quorum: 3'))
  assert.not(ensemble.actor(1).state.active)
})

test('the log that is taken must be here', () => {
  const ensemble = blankVoters()
  ensemble.force(1, { logOf: 3 })
  ensemble.pass(1000)
  assert.ok(ensemble.said().includes('1! no-such-log'))
  assert.not(ensemble.actor(1).state.active)
})

test('nothing is forced before anybody has answered', () => {
  const ensemble = blankVoters()
  for (const id of [1, 2, 4]) ensemble.actor(id).slow = true
  ensemble.force(1, { missing: [3] })
  ensemble.pass(1000)
  assert.not(ensemble.actor(1).state.active)
})

test('a group begins without a voter that will never come', () => {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 2]) ensemble.start(id)
  ensemble.view([1, 2])
  ensemble.pass(100)
  ensemble.force(1, { missing: [3] })
  ensemble.pass(1000)
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
  ensemble.force(1, { missing: [3, 4], voters })
  ensemble.pass(1000)
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
  ensemble.force(1, { voters })
  ensemble.pass(1000)
  assert.is(ensemble.actor(4).state.role, 'learner')
  assert.is(ensemble.actor(3).state.role, 'learner')
  ensemble.start(4, { role: 'voter' }, ensemble.crash(4))
  ensemble.view([1, 4], [2], [3])
  ensemble.pass(1000)
  ensemble.submit(1, 'word')
  ensemble.deliver()
  assert.is(ensemble.words(4), 'word')
})

test('the log that the operator names is taken, although others have committed more', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.submit(1, 'all')
  ensemble.deliver()
  ensemble.view([1, 2], [3])
  ensemble.submit(1, 'given-up')
  ensemble.deliver()
  ensemble.view([1, 2, 3])
  ensemble.force(3, { logOf: 3 })
  ensemble.pass(1000)
  for (const id of [1, 2, 3]) {
    assert.is(ensemble.actor(id).stopped, null)
    assert.is(ensemble.words(id).startsWith('all'), true)
    assert.not(ensemble.words(id).includes('given-up'), `node ${id}`)
    assert.is(
      ensemble.actor(id).notices.some(({ notice }) => notice === 'set-aside'),
      id !== 3,
    )
  }
})

/** Nodes 1 and 2 hold different entries at one index, others may have counted acks of either, and node 3 is gone. */
function ambiguous(): Ensemble {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.lose = (to, from) => to !== from
  ensemble.submit(1, 'one')
  ensemble.submit(2, 'two')
  ensemble.deliver(2)
  ensemble.lose = () => false
  ensemble.crash(3)
  ensemble.view([1, 2])
  for (const id of [1, 2]) ensemble.actor(id).state.possible = 2
  ensemble.deliver()
  assert.equal(ensemble.actor(1).state.obstacle, { reason: 'ambiguous', index: 2, missing: [3] })
  return ensemble
}

/** Learner 4 has a group, in its second generation; learner 5 has another; the voters have lost both. */
function twoGroups(): Ensemble {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3, 4)
  ensemble.force(1, {})
  ensemble.pass(1000)
  ensemble.submit(4, 'four')
  ensemble.deliver()
  ensemble.restart(1, 2, 3)
  ensemble.start(5)
  ensemble.view([1, 2, 3, 5], [4])
  ensemble.pass(500)
  ensemble.submit(5, 'five')
  ensemble.deliver()
  ensemble.restart(1, 2, 3)
  ensemble.view([1, 2, 3, 4, 5])
  ensemble.pass(500)
  assert.is(ensemble.actor(1).obstacle, 'groups')
  return ensemble
}

test('of two groups the operator takes the one whose log he names, whatever its generation', () => {
  for (const [logOf, word] of [
    [4, 'four'],
    [5, 'five'],
  ] as const) {
    const ensemble = twoGroups()
    ensemble.force(1, { logOf })
    ensemble.pass(1000)
    for (const id of [1, 2, 3]) assert.is(ensemble.words(id), word)
  }
})

test('of an ambiguous choice the operator takes the log that he names', () => {
  for (const [logOf, word] of [
    [1, 'one'],
    [2, 'two'],
  ] as const) {
    const ensemble = ambiguous()
    ensemble.force(1, { logOf })
    ensemble.pass(1000)
    for (const id of [1, 2]) assert.is(ensemble.words(id).split(' ')[0], word)
  }
})

test('of an ambiguous choice one log is taken when the operator names who is gone', () => {
  const ensemble = ambiguous()
  ensemble.force(1, { missing: [3] })
  ensemble.pass(1000)
  assert.is(ensemble.words(1), ensemble.words(2))
  assert.ok(ensemble.actor(2).state.active)
})

test('a forced INSTALL of an earlier view does not change the voters of who has no group yet', () => {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 2]) ensemble.start(id)
  ensemble.view([1, 2])
  ensemble.pass(100)
  const voters: VoterSet = { nodeids: [1, 2], policy: 'majority' }
  ensemble.force(1, { missing: [3], voters })
  ensemble.deliverUntil(({ type }) => type === 'install')
  const { install } = ensemble.actor(1).state.round as RoundState
  ensemble.start(3)
  ensemble.view([1, 2, 3])
  ensemble.inject(2, 1, install as Install)
  assert.equal(ensemble.actor(2).state.voters.nodeids, [1, 2, 3])
  ensemble.pass(1000)
  for (const id of [1, 2, 3]) assert.ok(ensemble.actor(id).state.active, `node ${id}`)
})

test('a forced round in which every voter takes part raises the versions as any other', () => {
  const ensemble = new Ensemble({ voters: [1, 2] })
  const runs = (highest: number) => ({ machineVersions: { lowest: 1, highest } })
  ensemble.start(1, runs(2))
  ensemble.start(2, runs(1))
  ensemble.view([1, 2])
  ensemble.deliver()
  ensemble.start(2, runs(2), ensemble.crash(2))
  ensemble.view([1, 2])
  ensemble.force(1, {})
  ensemble.pass(1000)
  assert.ok(ensemble.actor(2).state.active)
  assert.is(ensemble.actor(2).machine.versions.machine, 2)
})

test('a log that nobody here can run is not forced, and it is said who needs what', () => {
  const ensemble = Ensemble.running({ voters: [1, 2] }, 1, 2)
  const runs = (version: number) => ({ machineVersions: { lowest: version, highest: version } })
  for (const id of [1, 2]) ensemble.start(id, runs(7), ensemble.crash(id))
  ensemble.view([1], [2])
  ensemble.force(1, { missing: [2] })
  ensemble.pass(1000)
  const { state, notices } = ensemble.actor(1)
  assert.not(state.active)
  const told = notices.flatMap((notice) => (notice.notice === 'obstacle' ? [notice.obstacle] : []))
  const expected = { reason: 'version', needed: { protocol: 1, machine: 1 }, nodeids: [1] }
  assert.equal(
    told.filter(({ reason }) => reason === 'version'),
    [expected],
  )
})

test.run()

// What only the operator may do, and what becomes of the history that he gives up (R5.30 to R5.32).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { GroupId, VoterSet } from '../../wire/group.ts'
import type { Install, Message } from '../../wire/messages.ts'
import { Ensemble } from '../ensemble.test-support.ts'
import type { Force } from '../force.ts'
import { testRule } from '../scenario.test-support.ts'
import type { RoundState } from '../state.ts'

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

test('the log that the operator names is taken, although others have committed more', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.submit(1, 'all')
  ensemble.deliver()
  ensemble.view([1, 2], [3])
  ensemble.submit(1, 'given-up')
  ensemble.deliver()
  ensemble.view([1, 2, 3])
  ensemble.input(3, { type: 'force', force: { missing: [], logOf: 3, voters: null } })
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

test('of an ambiguous choice the operator takes the log that he names', () => {
  for (const [logOf, word] of [
    [1, 'one'],
    [2, 'two'],
  ] as const) {
    const ensemble = ambiguous()
    force(ensemble, 1, { logOf })
    for (const id of [1, 2]) assert.is(ensemble.words(id).split(' ')[0], word)
  }
})

test('of an ambiguous choice one log is taken when the operator names who is gone', () => {
  const ensemble = ambiguous()
  force(ensemble, 1, { missing: [3] })
  assert.is(ensemble.words(1), ensemble.words(2))
  assert.ok(ensemble.actor(2).state.active)
})

const late = 'a forced INSTALL that comes in a later view than it was sent in gives nothing up'
testRule(test, late, 'set-aside-for-any-install', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  ensemble.submit(1, 'kept')
  ensemble.deliver()
  ensemble.input(1, { type: 'force', force: { missing: [], logOf: 2, voters: null } })
  ensemble.deliverUntil(({ type }) => type === 'install')
  const { install } = ensemble.actor(1).state.round as RoundState
  ensemble.view([1, 2, 3])
  for (const id of [1, 2, 3]) ensemble.inject(id, 1, install as Install)
  ensemble.pass(1000)
  for (const id of [1, 2, 3]) {
    assert.is(ensemble.words(id), 'kept', `node ${id}`)
    assert.ok(ensemble.actor(id).state.active)
  }
})

const unheard = 'a forced INSTALL that nobody adopts gives nothing up, whoever has heard it'
testRule(test, unheard, 'set-aside-before-adoption', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3, 4, 5], fault }, 1, 2, 3, 4, 5)
  ensemble.submit(2, 'kept')
  ensemble.deliver()
  // 1 does not have what the operator takes.
  ensemble.lose = (to, _, { type }) => type === 'propose' && to !== 2
  ensemble.submit(2, 'tail')
  ensemble.deliver(1)
  ensemble.lose = () => false
  for (const id of [3, 4, 5]) ensemble.crash(id)
  ensemble.view([1, 2])
  ensemble.pass(500)
  ensemble.input(1, { type: 'force', force: { missing: [3, 4, 5], logOf: null, voters: null } })
  // It is cut off before anybody else delivers its INSTALL.
  ensemble.lose = (to, _, { type }) => type === 'install' && to !== 1
  ensemble.deliver()
  ensemble.lose = () => false
  ensemble.view([1], [2])
  ensemble.view([1, 2])
  ensemble.pass(5000)
  force(ensemble, 1, { missing: [3, 4, 5] })
  for (const id of [1, 2]) assert.is(ensemble.words(id), 'kept', `node ${id}`)
})

for (const retainedEntriesMax of [100, 2]) {
  const what = retainedEntriesMax === 2 ? 'a snapshot' : 'entries'
  test(`who fetches ${what} of what the operator has taken has its own until then`, () => {
    const limits = { retainedEntriesMax, chunkBytesMax: 60, chunksInFlightMax: 1 }
    const ensemble = Ensemble.running({ voters: [1, 2, 3], limits }, 1, 2, 3)
    for (const word of ['a', 'b', 'c']) {
      ensemble.submit(1, word)
      ensemble.deliver()
    }
    ensemble.view([2, 3], [1])
    ensemble.deliver()
    ensemble.submit(2, 'given-up')
    ensemble.deliver()
    ensemble.view([1, 2], [3])
    ensemble.said()
    ensemble.input(1, { type: 'force', force: { missing: [3], logOf: 1, voters: null } })
    const isChunk = ({ type }: Message): boolean => type === 'snapshot' || type === 'entries'
    ensemble.deliverUntil(isChunk)
    const { notices } = ensemble.actor(2)
    const isAside = (): boolean => notices.some(({ notice }) => notice === 'set-aside')
    assert.equal([ensemble.words(2), isAside()], ['a b c given-up', false])
    ensemble.pass(1000)
    assert.equal([ensemble.words(2), isAside()], ['a b c', true])
    assert.equal(ensemble.actor(2).state.group, ensemble.actor(1).state.group)
    const said = ensemble.said().join('\n')
    assert.is(said.includes('1: snapshot'), retainedEntriesMax === 2)
    assert.is(said.split('1: install').length, 2, said)
  })
}

test('the operator can begin with nothing', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.submit(1, 'given-up')
  ensemble.deliver()
  ensemble.crash(3)
  ensemble.start(3)
  ensemble.view([1, 2, 3])
  force(ensemble, 1, { logOf: 3 })
  for (const id of [1, 2, 3]) {
    assert.is(ensemble.words(id), '', `node ${id}`)
    assert.ok(ensemble.actor(id).state.active)
  }
})

test('nor does it change the voters of who has no group yet', () => {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 2]) ensemble.start(id)
  ensemble.view([1, 2])
  ensemble.pass(100)
  const voters: VoterSet = { nodeids: [1, 2], policy: 'majority' }
  ensemble.input(1, { type: 'force', force: { missing: [3], logOf: null, voters } })
  ensemble.deliverUntil(({ type }) => type === 'install')
  const { install } = ensemble.actor(1).state.round as RoundState
  ensemble.start(3)
  ensemble.view([1, 2, 3])
  ensemble.inject(2, 1, install as Install)
  assert.equal(ensemble.actor(2).state.voters.nodeids, [1, 2, 3])
  ensemble.pass(1000)
  for (const id of [1, 2, 3]) assert.ok(ensemble.actor(id).state.active, `node ${id}`)
})

const givenUp = 'a coordinator that knows no group takes nothing from the generation that was given up'
testRule(test, givenUp, 'generations-mixed', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3, 4, 5], fault }, 1, 2, 3, 4, 5)
  ensemble.view([2], [3, 4, 5])
  force(ensemble, 2, { missing: [1, 3, 4, 5] })
  for (let i = 0; i < 9; i++) {
    ensemble.view([3, 4, 5])
    ensemble.submit(3, 'given-up')
    ensemble.deliver()
  }
  ensemble.crash(1)
  // Its first ballot is high enough, so that all promise before any REFUSE tells of the later generation.
  ensemble.start(1).state.highestBallotNumber = 1000
  ensemble.said()
  ensemble.view([1, 2, 3, 4, 5])
  ensemble.submit(2, 'forced')
  ensemble.pass(3000)
  const bases = ensemble.said().flatMap((line) => / at (\d+) for /.exec(line)?.[1] ?? [])
  assert.ok(bases.length > 0 && bases.every((base) => Number(base) <= 4), `bases ${bases}`)
  for (const id of [1, 2, 3, 4, 5]) {
    assert.is(ensemble.actor(id).stopped, null)
    assert.is(ensemble.words(id), 'forced', `node ${id}`)
  }
})

test('who has caught up in part, and has not adopted yet, sets that aside as well', () => {
  const limits = { chunkBytesMax: 60, chunksInFlightMax: 1 }
  const ensemble = Ensemble.running({ voters: [1, 2, 3], limits }, 1, 2, 3)
  ensemble.view([1, 2], [3])
  ensemble.deliver()
  for (let i = 0; i < 20; i++) ensemble.submit(1, 'given-up')
  ensemble.deliver()
  ensemble.start(4)
  ensemble.view([1, 2, 4])
  for (let i = 0; i < 100 && ensemble.actor(4).state.commit < 5; i++) ensemble.deliver(1)
  assert.ok(ensemble.actor(4).state.commit >= 5 && ensemble.actor(4).state.blank)
  ensemble.view([3, 4])
  ensemble.deliver()
  force(ensemble, 3, { logOf: 3 })
  const { stopped, state } = ensemble.actor(4)
  assert.is(stopped, null)
  assert.ok(state.active)
  assert.is(ensemble.words(4), '')
})

const superseded = 'who has set aside his state counts for nobody who has not heard of the later generation'
testRule(test, superseded, 'set-aside-without-generation', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  ensemble.view([2, 3], [1])
  ensemble.submit(2, 'confirmed')
  ensemble.deliver()
  ensemble.view([3], [2], [1])
  force(ensemble, 3, { missing: [1, 2] })
  ensemble.view([2, 3], [1])
  while (!ensemble.actor(2).notices.some(({ notice }) => notice === 'set-aside')) ensemble.deliver(1)
  ensemble.view([1, 2], [3])
  ensemble.pass(5000)
  for (const id of [1, 2]) assert.not(ensemble.actor(id).state.active, `node ${id} goes on without it`)
  ensemble.view([1, 2, 3])
  ensemble.pass(5000)
  for (const id of [1, 2, 3]) assert.is(ensemble.words(id), 'confirmed', `node ${id}`)
})

test('what others said of their state in a history that was given up stops nobody', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  const hasDigest = (id: number, digest: number): void =>
    ensemble.input(id, { type: 'digest', index: 2, digest })
  ensemble.actor(1).slow = true
  ensemble.view([1, 2, 3])
  ensemble.pass(60)
  for (const id of [2, 3]) hasDigest(id, 7)
  ensemble.deliver()
  assert.is(ensemble.actor(1).state.digests.get(2)?.size, 2)
  ensemble.actor(1).slow = false
  ensemble.sync(1)
  ensemble.view([1], [2, 3])
  force(ensemble, 1, { missing: [2, 3] })
  const group = ensemble.actor(2).state.group as GroupId
  // Under way since before.
  for (const id of [2, 3]) ensemble.inject(1, id, { type: 'digest', group, index: 2, digest: 7 })
  ensemble.view([1, 2, 3])
  ensemble.pass(1000)
  hasDigest(1, 8)
  assert.is(ensemble.actor(1).stopped, null)
  for (const id of [2, 3]) hasDigest(id, 8)
  ensemble.deliver()
  assert.is(ensemble.actor(1).state.agreedIndex, 2)
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
  force(ensemble, 1, {})
  assert.ok(ensemble.actor(2).state.active)
  assert.is(ensemble.actor(2).machine.versions.machine, 2)
})

test('a log that nobody here can run is not forced, and it is said who needs what', () => {
  const ensemble = Ensemble.running({ voters: [1, 2] }, 1, 2)
  const runs = (version: number) => ({ machineVersions: { lowest: version, highest: version } })
  for (const id of [1, 2]) ensemble.start(id, runs(7), ensemble.crash(id))
  ensemble.view([1], [2])
  force(ensemble, 1, { missing: [2] })
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

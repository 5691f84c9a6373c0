// Processes that are set up wrongly keep nobody from working (R5.25 to R5.29, R5.6).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { noBallot } from '../../wire/ballot.ts'
import type { VoterSet } from '../../wire/group.ts'
import { Ensemble } from '../ensemble.test-support.ts'
import type { RoundState } from '../state.ts'

const test = suite('strangers')

const preparesOf = (ensemble: Ensemble, id: number): number =>
  ensemble.transcript.filter((line) => line.startsWith(`${id}: prepare`)).length
const others = (...nodeids: readonly number[]): { readonly voters: VoterSet } => ({
  voters: { nodeids, policy: 'majority' },
})

for (const stranger of [1, 5]) {
  test(`node ${stranger}, with another voter set, leaves the healthy group of 2, 3 and 4 at work`, () => {
    const ensemble = Ensemble.running({ voters: [2, 3, 4] }, 2, 3, 4)
    ensemble.start(stranger, others(...[2, 3, 4, stranger].sort()))
    ensemble.view([2, 3, 4, stranger])
    ensemble.pass(60_000)
    ensemble.submit(3, 'word')
    ensemble.deliver()
    for (const id of [2, 3, 4]) assert.is(ensemble.words(id), 'word')
    for (const { stopped } of ensemble.actors.values()) assert.is(stopped, null)
    assert.is(ensemble.actor(stranger).state.group, null)
    assert.ok(preparesOf(ensemble, stranger) <= 1, `${preparesOf(ensemble, stranger)} rounds`)
    assert.is(ensemble.transcript.filter((line) => line.includes('prepare')).length <= 3, true)
  })
}

test('beside blanks that cannot begin, a stranger begins nothing and stops nobody', () => {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 2]) ensemble.start(id)
  ensemble.start(4, others(1, 2, 3, 4))
  ensemble.view([1, 2, 4])
  ensemble.pass(10_000)
  for (const { state, stopped } of ensemble.actors.values()) {
    assert.is(state.group, null)
    assert.is(stopped, null)
  }
  const rounds = ensemble.transcript.filter((line) => line.includes('prepare')).length
  assert.ok(rounds <= 10_000 / 100, `${rounds} rounds in 10 s`)
})

test('an INSTALL of another group with the own voters stops a replica', () => {
  const [one, two] = [Ensemble.running({ voters: [1] }, 1, 3), Ensemble.running({ voters: [1] }, 3, 1, 2, 4)]
  two.transcript.length = 0
  two.view([3, 1, 2, 4])
  two.deliverUntil(({ type }) => type === 'install')
  const install = two.actor(1).state.round?.install
  assert.ok(install)
  const random = install.group.random + 1
  one.inject(3, 1, { ...install, group: { ...install.group, random } })
  assert.is(one.actor(3).stopped, 'other-group')
})

test('… also where it knows of nothing committed, if it voted: its copy may have counted', () => {
  const ensemble = new Ensemble({ voters: [1, 2] })
  for (const id of [1, 2]) ensemble.start(id)
  ensemble.view([1, 2])
  ensemble.lose = (_, __, { type }) => type === 'ack'
  ensemble.deliver()
  const voter = ensemble.actor(2)
  const install = ensemble.actor(1).state.round?.install
  assert.ok(install)
  assert.equal([voter.state.blank, voter.state.certain], [false, 0])
  const random = install.group.random + 1
  ensemble.inject(2, 1, { ...install, group: { ...install.group, random } })
  assert.is(voter.stopped, 'other-group')
})

test('of two processes that claim one vote neither counts, and neither starts rounds', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.start(102)
  ensemble.view([1, 2, 102, 3])
  ensemble.pass(60_000)
  ensemble.submit(1, 'word')
  ensemble.deliver()
  assert.is(ensemble.words(3), 'word')
  assert.ok(ensemble.transcript.includes('1! two-votes'))
  assert.ok(ensemble.transcript.includes('1: install 2.1 at 1 for 1 3'))
  const prepares = ensemble.transcript.filter((line) => line.includes('prepare'))
  assert.equal(prepares, ['1: prepare 2.1'])
})

test('a second claim that comes late starts no round', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.start(102).slow = true
  ensemble.view([1, 2, 102, 3])
  ensemble.pass(100)
  assert.ok(ensemble.said().includes('1: install 2.1 at 1 for 1 2 3'))
  ensemble.sync(102)
  ensemble.pass(10_000)
  assert.equal(ensemble.said(), ['102: promise 2.1', '1! two-votes'])
})

test('who has its voters from the node list takes those of the group that it meets', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.start(4, { ...others(1, 2, 3, 4), role: 'voter', votersFromNodeList: true })
  ensemble.view([1, 2, 3, 4])
  ensemble.deliver()
  const { state } = ensemble.actor(4)
  assert.equal(state.voters.nodeids, [1, 2, 3])
  assert.is(state.role, 'learner')
  assert.is(state.commit, 2)
})

test('… also when it is the lowest and coordinates first', () => {
  const ensemble = Ensemble.running({ voters: [2, 3, 4] }, 2, 3, 4)
  ensemble.start(1, { ...others(1, 2, 3, 4), role: 'voter', votersFromNodeList: true })
  ensemble.view([1, 2, 3, 4])
  ensemble.deliver()
  assert.is(ensemble.actor(1).state.role, 'learner')
  assert.is(ensemble.actor(1).state.commit, 2)
})

test('a ballot far above all others is ignored', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  const { state } = ensemble.actor(3)
  const { ring } = state.view as NonNullable<typeof state.view>
  const { group, voters, self } = state
  const ballot = { number: Number.MAX_SAFE_INTEGER, nodeid: 2, incarnation: self.incarnation }
  ensemble.inject(3, 2, { type: 'prepare', ballot, ring, collectionTimeoutMs: 50, group, voters })
  assert.ok(state.active)
  assert.equal(ensemble.said(), [])
})

for (const isListed of [true, false]) {
  const how = isListed ? 'is listed in its own' : 'is not listed in its own, which it hears of'
  test(`who was refused by another group, and ${how}, asks for rounds again`, () => {
    const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
    ensemble.start(4, others(4))
    ensemble.crash(1)
    ensemble.start(1)
    ensemble.view([1, 2, 3, 4])
    const { voters, commit, promised } = ensemble.actor(4).state
    const group = { random: 7, generation: noBallot }
    const { ballot } = ensemble.actor(1).state.round as RoundState
    const refusal = { ballot, promised, reason: 'stranger', group, voters, commit } as const
    ensemble.inject(1, 4, { type: 'refuse', ...refusal })
    assert.is(ensemble.actor(1).state.uncounted, 'beside-strangers')
    // Its PROMISE does not come in time: the others install without it.
    if (!isListed) ensemble.actor(1).slow = true
    ensemble.pass(5000)
    ensemble.actor(1).slow = false
    ensemble.sync(1)
    ensemble.pass(10_000)
    const { active, uncounted } = ensemble.actor(1).state
    assert.equal({ active, uncounted }, { active: true, uncounted: null })
  })
}

test.run()

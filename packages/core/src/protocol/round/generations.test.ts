// A history that the operator gives up: who sets it aside, and when (R5.31).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { GroupId } from '../../wire/group.ts'
import type { Install, Message } from '../../wire/messages.ts'
import { Ensemble } from '../ensemble.test-support.ts'
import { testRule } from '../scenario.test-support.ts'
import type { RoundState } from '../state.ts'

const test = suite('generations')

const late = 'a forced INSTALL that comes in a later view than it was sent in gives nothing up'
testRule(test, late, 'set-aside-for-any-install', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  ensemble.submit(1, 'kept')
  ensemble.deliver()
  ensemble.force(1, { logOf: 2 })
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
  ensemble.force(1, { missing: [3, 4, 5] })
  // It is cut off before anybody else delivers its INSTALL.
  ensemble.lose = (to, _, { type }) => type === 'install' && to !== 1
  ensemble.deliver()
  ensemble.lose = () => false
  ensemble.view([1], [2])
  ensemble.view([1, 2])
  ensemble.pass(5000)
  ensemble.force(1, { missing: [3, 4, 5] })
  ensemble.pass(1000)
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
    ensemble.force(1, { missing: [3], logOf: 1 })
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

test('the operator can begin with nothing where only a learner knows of the group', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3, 4)
  ensemble.submit(4, 'given-up')
  ensemble.deliver()
  const { random } = ensemble.actor(4).state.group as GroupId
  ensemble.restart(1, 2, 3)
  ensemble.view([1, 2, 3, 4])
  ensemble.pass(500)
  ensemble.force(1, { logOf: 2 })
  ensemble.pass(1000)
  for (const id of [1, 2, 3, 4]) {
    assert.ok(ensemble.actor(id).state.active, `node ${id}`)
    assert.is(ensemble.actor(id).state.group?.random, random)
    assert.is(ensemble.words(id), '')
  }
})

test('the operator can begin with nothing', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  ensemble.submit(1, 'given-up')
  ensemble.deliver()
  ensemble.crash(3)
  ensemble.start(3)
  ensemble.view([1, 2, 3])
  ensemble.force(1, { logOf: 3 })
  ensemble.pass(1000)
  for (const id of [1, 2, 3]) {
    assert.is(ensemble.words(id), '', `node ${id}`)
    assert.ok(ensemble.actor(id).state.active)
  }
})

const givenUp = 'a coordinator that knows no group takes nothing from the generation that was given up'
testRule(test, givenUp, 'generations-mixed', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3, 4, 5], fault }, 1, 2, 3, 4, 5)
  ensemble.view([2], [3, 4, 5])
  ensemble.force(2, { missing: [1, 3, 4, 5] })
  ensemble.pass(1000)
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
  ensemble.force(3, { logOf: 3 })
  ensemble.pass(1000)
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
  ensemble.force(3, { missing: [1, 2] })
  ensemble.pass(1000)
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
  ensemble.force(1, { missing: [2, 3] })
  ensemble.pass(1000)
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

test.run()

// Rules whose absence chance seldom shows, or hides behind a timer: each in a run made for it. Sections 4 to 8, 12.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeBody } from '../log/body.ts'
import type { Chain, CommandsBody, MarkerBody, TickBody } from '../log/entry.ts'
import type { Message, Propose } from '../wire/messages.ts'
import { Ensemble } from './ensemble.test-support.ts'
import type { SeededFault } from './faults.ts'
import { testRule } from './scenario.test-support.ts'

const test = suite('rare runs')
const all = [1, 2, 3]

const running = (fault?: SeededFault): Ensemble => Ensemble.running({ voters: all, fault }, ...all)

function propose(ensemble: Ensemble, from: number, body: CommandsBody | MarkerBody | TickBody): Propose {
  const { ballot } = ensemble.actor(from).state.epoch
  return { type: 'propose', ballot, body, payload: encodeBody(body), ack: null }
}

/** All take part, none has stopped, and the logs are equal. */
function assertWhole(ensemble: Ensemble): void {
  const chains = all.map((id) => ensemble.actor(id).state.log.lastChain)
  assert.equal(chains, [chains[0], chains[0], chains[0]])
  for (const id of all) assert.ok(ensemble.actor(id).state.active, `node ${id}`)
}

testRule(
  test,
  'a PROPOSE of an epoch that is over is dropped, wherever it comes',
  'propose-without-ballot',
  (fault) => {
    const ensemble = running(fault)
    const late = propose(ensemble, 3, { type: 'tick', timeMs: 1 })
    ensemble.view(all)
    ensemble.deliver()
    ensemble.inject(1, 3, late)
    assertWhole(ensemble)
  },
)

testRule(test, 'between PROMISE and INSTALL nothing is appended', 'append-after-promise', (fault) => {
  const ensemble = running(fault)
  const late = propose(ensemble, 3, { type: 'tick', timeMs: 1 })
  ensemble.view(all)
  ensemble.deliverUntil(({ type }, from) => type === 'promise' && from === 2)
  const { log } = ensemble.actor(2).state
  const promised = log.last
  ensemble.inject(2, 3, late)
  assert.is(log.last, promised)
  ensemble.deliver()
  assertWhole(ensemble)
})

testRule(test, 'a new ring of the same members ends the epoch', 'no-view-at-totem', (fault) => {
  const ensemble = running(fault)
  const before = ensemble.actor(1).state.epoch.ballot.number
  ensemble.view(all)
  ensemble.deliver()
  assertWhole(ensemble)
  assert.ok(ensemble.actor(1).state.epoch.ballot.number > before)
})

testRule(test, 'a second copy of a marker answers no later read', 'markers-in-order', (fault) => {
  const ensemble = running(fault)
  const { incarnation } = ensemble.actor(3).state.self
  ensemble.input(3, { type: 'read', read: 1 })
  ensemble.deliver()
  assert.equal(ensemble.actor(3).readable, [1])
  const again = propose(ensemble, 3, { type: 'marker', origin: incarnation, number: 1, timeMs: 0 })
  for (const id of all) ensemble.inject(id, 3, again)
  ensemble.input(3, { type: 'read', read: 2 })
  ensemble.deliverUntil(({ type }) => type === 'propose')
  assert.equal(ensemble.actor(3).readable, [1])
  ensemble.deliver()
  assert.equal(ensemble.actor(3).readable, [1, 2])
})

testRule(
  test,
  'of logs of one epoch the committed one goes on, not the longest',
  'longest-of-highest-epoch',
  (fault) => {
    const ensemble = running(fault)
    // Past a hole, node 1 has two proposals that nobody else gets, and the others one that node 1 does not.
    const alone = (to: number, from: number): boolean => (to === 1) !== (from === 1)
    ensemble.lose = alone
    ensemble.submit(1, 'lost')
    ensemble.submit(1, 'too')
    ensemble.submit(2, 'committed')
    ensemble.deliver()
    assert.is(ensemble.words(3), 'committed')
    ensemble.lose = () => false
    ensemble.view(all)
    ensemble.deliver()
    assertWhole(ensemble)
    assert.is(ensemble.words(1), 'committed lost too')
  },
)

testRule(
  test,
  'who missed a PROMISE is in the epoch without waiting for a timer: its REFUSE starts a round',
  'refuse-ignored',
  (fault) => {
    const ensemble = new Ensemble({ voters: all, fault })
    for (const id of all) ensemble.start(id)
    let missed = 0
    ensemble.lose = (to, from, { type }) => to === 2 && from === 3 && type === 'promise' && missed++ === 0
    ensemble.view(all)
    ensemble.deliver()
    assert.ok(missed > 0)
    assertWhole(ensemble)
  },
)

testRule(
  test,
  'who promised late is in the next epoch without waiting for a timer',
  'late-promise-ignored',
  (fault) => {
    const ensemble = running(fault)
    ensemble.actor(3).slow = true
    ensemble.view(all)
    ensemble.pass(60)
    assert.equal(
      all.map((id) => ensemble.actor(id).state.active),
      [true, true, false],
    )
    ensemble.actor(3).slow = false
    ensemble.sync(3)
    ensemble.deliver()
    assertWhole(ensemble)
  },
)

/** Node 3 lacks what the others have committed, and `uncommitted`, which they only hold. */
function behind(fault?: SeededFault): Ensemble {
  const ensemble = running(fault)
  ensemble.view([1, 2], [3])
  ensemble.deliver()
  ensemble.submit(1, 'committed')
  ensemble.deliver()
  for (const id of [1, 2]) ensemble.actor(id).slow = true
  ensemble.submit(1, 'uncommitted')
  ensemble.deliver()
  for (const id of [1, 2]) ensemble.actor(id).slow = false
  ensemble.view(all)
  for (const id of [1, 2]) ensemble.sync(id)
  ensemble.deliverUntil(({ type }) => type === 'install')
  for (const id of [1, 2]) ensemble.actor(id).slow = true
  return ensemble
}

const isEntries = ({ type }: Message): boolean => type === 'entries'

testRule(
  test,
  'a donor says what is committed, and a joiner commits no more than that',
  'donor-beyond-commit',
  (fault) => {
    const ensemble = behind(fault)
    ensemble.deliverUntil(isEntries)
    ensemble.deliver(1)
    const [donor, joiner] = [ensemble.actor(1).state.commit, ensemble.actor(3).state.commit]
    assert.ok(joiner <= donor, `the joiner has committed ${joiner}, the donor ${donor}`)
  },
)

testRule(
  test,
  'entries that do not follow the own chain are not taken',
  'transfer-chain-unchecked',
  (fault) => {
    const ensemble = behind(fault)
    ensemble.deliverUntil(isEntries)
    const { commit, promised } = ensemble.actor(3).state
    const body: TickBody = { type: 'tick', timeMs: 7 }
    const entries = [{ body, payload: encodeBody(body) }]
    const from = { index: commit, chain: 12_345 as Chain }
    ensemble.inject(3, 1, { type: 'entries', ballot: promised, from, commit: commit + 1, entries })
    assert.is(ensemble.actor(3).state.commit, commit)
  },
)

testRule(
  test,
  'a joiner that gets on leaves the coordinator in peace, however long it takes',
  'takeover-never-reset',
  (fault) => {
    const limits = { chunkBytesMax: 1, chunksInFlightMax: 1 }
    const ensemble = Ensemble.running({ voters: all, limits, fault }, ...all)
    ensemble.view([1, 2], [3])
    ensemble.deliver()
    for (let word = 0; word < 12; word++) {
      ensemble.submit(1, String(word))
      ensemble.deliver()
    }
    ensemble.said()
    ensemble.view(all)
    // Longer in all than a takeover waits, but never for long without a chunk.
    for (let chunk = 0; chunk < 10; chunk++) {
      ensemble.deliverUntil(isEntries)
      ensemble.deliver(1)
      ensemble.now += 100
      ensemble.input(3, { type: 'time' })
    }
    ensemble.deliver()
    assertWhole(ensemble)
    assert.not(ensemble.said().some((line) => line.startsWith('3: prepare')))
  },
)

testRule(test, 'what a learner alone has got is cut where the voters go on', 'tail-not-cut', (fault) => {
  const ensemble = Ensemble.running({ voters: all, fault }, 1, 2, 3, 4, 5)
  ensemble.lose = (to, _, { type }) => type === 'propose' && to < 4
  ensemble.submit(5, 'lost')
  ensemble.deliver()
  ensemble.lose = () => false
  assert.is(ensemble.actor(4).state.log.last, 2)
  ensemble.crash(5)
  ensemble.view([1, 2, 3, 4])
  ensemble.said()
  ensemble.deliver()
  assertWhole(ensemble)
  assert.is(ensemble.actor(4).state.log.lastChain, ensemble.actor(1).state.log.lastChain)
  assert.is(ensemble.said().filter((line) => line.startsWith('1: install')).length, 1)
})

testRule(test, 'what a learner holds counts for nothing', 'learners-acks-count', (fault) => {
  const ensemble = Ensemble.running({ voters: all, fault }, 1, 2, 3, 4)
  ensemble.lose = (to) => to === 2 || to === 3
  ensemble.submit(1, 'lost')
  ensemble.deliver()
  assert.is(ensemble.actor(4).state.log.last, 2)
  assert.is(ensemble.words(1), '')
})

testRule(
  test,
  'of two tails that both may be committed, the one counts whose own ack came back',
  'possible-for-certain',
  (fault) => {
    const ensemble = running(fault)
    // Each delivers its own alone; the third voter is gone, and may have any.
    ensemble.lose = (to, from) => to !== from
    ensemble.submit(1, 'acked')
    ensemble.deliver()
    ensemble.submit(2, 'stored')
    ensemble.deliverUntil(({ type }, from) => type === 'ack' && from === 2)
    ensemble.lose = () => false
    ensemble.crash(3)
    // What it had acked is not known any more.
    ensemble.start(2, {}, ensemble.crash(2))
    ensemble.view([1, 2])
    ensemble.deliver()
    assert.ok(ensemble.actor(1).state.active)
    assert.is(ensemble.words(2).split(' ')[0], 'acked')
  },
)

test.run()

// Commands and markers of one origin: when they are sent, sent again, and left out (R5.19, R10.2 to R10.5, section 12).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ensemble } from '../ensemble.test-support.ts'
import type { Limits } from '../options.ts'
import { testRule } from '../scenario.test-support.ts'

const test = suite('origin')
const proposals = (ensemble: Ensemble, id: number): string[] =>
  ensemble.said().filter((line) => line.startsWith(`${id}: propose`))
const read = (ensemble: Ensemble, id: number, number: number): void =>
  ensemble.input(id, { type: 'read', read: number })

testRule(
  test,
  'what is submitted before there is a session is sent when it opens',
  'no-resend-at-session',
  (fault) => {
    const ensemble = new Ensemble({ voters: [1, 2, 3], fault })
    for (const id of [1, 2, 3]) ensemble.start(id)
    ensemble.submit(2, 'early')
    ensemble.view([1, 2, 3])
    ensemble.deliver()
    assert.is(ensemble.words(3), 'early')
  },
)

test('a command that is withdrawn before it is sent leaves no gap', () => {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 2, 3]) ensemble.start(id)
  ensemble.submit(2, 'first', 'second', 'third')
  ensemble.input(2, { type: 'withdraw', request: 2 })
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  assert.is(ensemble.words(3), 'first third')
})

test('what dies with its epoch is sent again in the next, in order; what stands in the log is left out', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  for (const id of [1, 2, 3]) ensemble.actor(id).slow = true
  ensemble.submit(3, 'stands')
  ensemble.deliver()
  ensemble.submit(3, 'lost')
  for (const id of [1, 2, 3]) ensemble.actor(id).slow = false
  ensemble.view([1, 2, 3])
  for (const id of [1, 2, 3]) ensemble.sync(id)
  ensemble.said()
  ensemble.deliver()
  assert.equal(proposals(ensemble, 3), ['3: propose commands'])
  assert.is(ensemble.words(1), 'stands lost')
})

test('what was passed over goes again once in an epoch', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  for (const id of [1, 2]) ensemble.actor(id).slow = true
  ensemble.submit(3, 'one')
  ensemble.submit(3, 'two')
  ensemble.deliver()
  ensemble.said()
  const applied = {
    ...ensemble.actor(3).machine.report(ensemble.actor(3).state.self.incarnation),
    passedOver: 2,
  }
  ensemble.input(3, applied)
  assert.equal(proposals(ensemble, 3), ['3: propose commands'])
  ensemble.input(3, applied)
  assert.equal(proposals(ensemble, 3), [])
})

test('a linearizable read is answered when its marker is committed', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  for (const id of [1, 2]) ensemble.actor(id).slow = true
  read(ensemble, 3, 7)
  ensemble.deliver()
  assert.equal(ensemble.actor(3).readable, [])
  for (const id of [1, 2]) ensemble.sync(id)
  ensemble.deliver()
  assert.equal(ensemble.actor(3).readable, [7])
})

testRule(test, 'a read is not answered by the delivery of its marker', 'read-on-self-delivery', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  ensemble.view([1, 2], [3])
  ensemble.submit(1, 'missed')
  const cutOff = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  for (const id of [1, 2]) cutOff.actor(id).hung = true
  read(cutOff, 3, 7)
  cutOff.deliver()
  assert.equal(cutOff.actor(3).readable, [])
})

testRule(test, 'a read does not share a marker that was handed over', 'read-shares-sent-marker', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  read(ensemble, 3, 1)
  read(ensemble, 3, 2)
  assert.is(proposals(ensemble, 3).length, 2)
})

test('reads of one turn share a marker', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  for (const number of [1, 2, 3]) ensemble.step(3, { type: 'read', read: number })
  ensemble.step(3, { type: 'settle' })
  assert.is(proposals(ensemble, 3).length, 1)
  ensemble.deliver()
  assert.equal(ensemble.actor(3).readable, [1, 2, 3])
})

test('a marker that stands in the log is not sent again; one that was lost is, and answers by its own number', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  for (const id of [1, 2, 3]) ensemble.actor(id).slow = true
  read(ensemble, 3, 1)
  ensemble.deliver()
  read(ensemble, 3, 2)
  for (const id of [1, 2, 3]) ensemble.actor(id).slow = false
  ensemble.view([1, 2, 3])
  for (const id of [1, 2, 3]) ensemble.sync(id)
  ensemble.said()
  ensemble.deliver()
  assert.equal(proposals(ensemble, 3), ['3: propose marker'])
  assert.equal(ensemble.actor(3).readable, [1, 2])
})

/** An epoch in which nothing is committed: the disks of 1 and 2 hang. */
function stuck(limits: Partial<Limits>): Ensemble {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], limits }, 1, 2, 3)
  for (const id of [1, 2]) ensemble.actor(id).slow = true
  return ensemble
}

test('an epoch that commits nothing gets a bounded number of markers and commands', () => {
  const ensemble = stuck({ uncommittedEntriesMax: 5 })
  for (let number = 1; number <= 50; number++) {
    read(ensemble, 3, number)
    if (number > 20) ensemble.submit(3, `w${number}`)
    ensemble.deliver()
  }
  assert.is(ensemble.actor(3).state.log.last, 6)
  for (const id of [1, 2]) {
    ensemble.actor(id).slow = false
    ensemble.sync(id)
  }
  ensemble.deliver()
  assert.is(ensemble.actor(3).readable.length, 50)
  assert.is(ensemble.actor(1).machine.words.length, 30)
})

test('an epoch that commits nothing gets one tick, and not one more for each that is due', () => {
  const ensemble = stuck({})
  for (const id of [1, 2, 3]) ensemble.actor(id).state.nextTimerMs = 0
  ensemble.pass(3_600_000)
  const { log, commit } = ensemble.actor(3).state
  assert.is(commit, 1)
  assert.is(log.last, 2)
})

test('nor do ticks pile up while the transport takes nothing', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3] }, 1, 2, 3)
  const { state } = ensemble.actor(1)
  state.nextTimerMs = 0
  for (let i = 0; i < 50; i++) {
    ensemble.now += 100
    ensemble.input(1, { type: 'time' })
  }
  assert.equal(ensemble.said(), ['1: propose tick'])
  assert.is(ensemble.actor(1).engine.deadlineMs, Number.POSITIVE_INFINITY)
  ensemble.deliver()
  assert.is(state.commit, 2)
  assert.not(state.tickInFlight)
})

test('ticks do not use up the room for commands', () => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], limits: { uncommittedEntriesMax: 3 } }, 1, 2, 3)
  for (let i = 0; i < 10; i++) {
    ensemble.actor(1).state.nextTimerMs = 0
    ensemble.pass(1000)
  }
  assert.ok(ensemble.said().filter((line) => line === '1: propose tick').length >= 10)
  ensemble.submit(1, 'word')
  ensemble.deliver()
  assert.is(ensemble.words(2), 'word')
})

testRule(test, 'a read finds what stands before its marker', 'marker-before-applied', (fault) => {
  const ensemble = Ensemble.running({ voters: [1, 2, 3], fault }, 1, 2, 3)
  // Both are committed by one ack.
  ensemble.lose = (to, _, message) => to === 2 && message.type === 'ack' && message.index === 2
  ensemble.submit(1, 'written')
  read(ensemble, 2, 1)
  ensemble.deliver()
  const { readable, wordsRead } = ensemble.actor(2)
  assert.equal([readable, wordsRead], [[1], ['written']])
})

test.run()

// Operators, and what is written down of them; values.

import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import {
  ask,
  codeOf,
  eventsOf,
  exclusive,
  holders,
  shared,
  stageOf,
  ttlMs,
  waiters,
} from './stage.test-support.ts'

const test = suite('operators and values')

const by = 'operator'

test('a lock is taken from all who hold it, and the next one has it', () => {
  const stage = stageOf('a', 'b', 'c')
  ask(stage, 'a', shared('x'))
  ask(stage, 'b', [shared('x'), exclusive('y')])
  ask(stage, 'c', exclusive('x'))
  stage.takeEvents()
  equal(stage.submit.forceRelease({ lock: 'x', by }), { requests: 2 })
  equal([holders(stage, 'x'), holders(stage, 'y')], [['c'], []])
  is(eventsOf(stage, 'lost').filter(({ reason }) => reason === 'forced').length, 2)
  is(
    codeOf(() => stage.submit.forceRelease({ lock: 'y', by })),
    'no-lock',
  )
})

test('while it is paused nothing is granted, and then all that can be', () => {
  const stage = stageOf('a', 'b')
  ask(stage, 'a', exclusive('held'))
  stage.submit.pause({ paused: true, by })
  for (const lock of ['x', 'y']) is(ask(stage, 'a', exclusive(lock), { id: lock }).status, 'waiting')
  ask(stage, 'b', exclusive('held'))
  stage.submit.release({ session: 'a', id: 'a' })
  equal(holders(stage, 'held'), [])
  stage.submit.pause({ paused: false, by })
  for (const lock of ['x', 'y']) equal(holders(stage, lock), [`a/${lock}`])
  equal(holders(stage, 'held'), ['b'])
})

test('a node that is drained takes no sessions; others do', () => {
  const stage = stageOf()
  const session = { client: 'tests', ttlMs, lockDelayMs: 0 }
  stage.submit.drain({ nodeid: 2, draining: true, by })
  is(
    codeOf(() => stage.from(2).openSession({ ...session, id: 'a' })),
    'draining',
  )
  stage.from(3).openSession({ ...session, id: 'a' })
  stage.submit.drain({ nodeid: 2, draining: false, by })
  stage.from(2).openSession({ ...session, id: 'b' })
})

test('a session can be ended', () => {
  const stage = stageOf('a', 'b')
  ask(stage, 'a', exclusive('x'))
  ask(stage, 'b', exclusive('x'))
  stage.submit.endSession({ session: 'a', by })
  equal(holders(stage, 'x'), ['b'])
  is(
    codeOf(() => stage.submit.endSession({ session: 'a', by })),
    'no-session',
  )
})

test('who did what, and when, is kept, up to a bound', () => {
  const stage = stageOf()
  stage.submit.configure({ ...stage.state.config, auditMax: 3 })
  for (const nodeid of [1, 2, 3, 4, 5]) stage.submit.drain({ nodeid, draining: true, by })
  equal(
    [...stage.state.audit].map(([, record]) => record),
    [3, 4, 5].map((nodeid) => ({ atMs: stage.nowMs, by, action: 'drain', details: { nodeid } })),
  )
})

test('a holder says something of itself, and loses it with the lock', () => {
  const stage = stageOf('a', 'b')
  const shown = () => [...stage.state.holders].map(([, key]) => stage.state.requests.get(key)?.value)
  ask(stage, 'a', exclusive('leader'), { value: '10.0.0.1' })
  equal(shown(), ['10.0.0.1'])
  stage.submit.proclaim({ session: 'a', id: 'a', value: '10.0.0.9' })
  equal(shown(), ['10.0.0.9'])
  ask(stage, 'b', exclusive('leader'), { value: '10.0.0.2' })
  is(
    codeOf(() => stage.submit.proclaim({ session: 'b', id: 'b', value: 'x' })),
    'not-holder',
  )
  stage.submit.release({ session: 'a', id: 'a' })
  equal(shown(), ['10.0.0.2'])
})

test('named values stay with the lock, and only its holder sets them', () => {
  const stage = stageOf('a', 'b')
  const value = { session: 'a', id: 'a', lock: 'x', name: 'position', value: '42' }
  ask(stage, 'a', exclusive('x'))
  stage.submit.setValue(value)
  stage.submit.release({ session: 'a', id: 'a' })
  equal(stage.state.locks.get('x')?.values, { position: '42' })
  is(
    codeOf(() => stage.submit.setValue(value)),
    'not-holder',
  )
  ask(stage, 'b', exclusive('x'))
  is(
    codeOf(() => stage.submit.setValue({ ...value, session: 'b', id: 'b', lock: 'y' })),
    'not-holder',
  )
  stage.submit.setValue({ ...value, session: 'b', id: 'b', value: null })
  stage.submit.release({ session: 'b', id: 'b' })
  is(stage.state.locks.size, 0)
  equal(waiters(stage, 'x'), [])
})

test.run()

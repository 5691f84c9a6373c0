// What keeps a session, and what its end does.

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

const test = suite('sessions')

const open = { client: 'tests', ttlMs, lockDelayMs: 0 }

test('a session that is kept alive stays, and ends when that stops', () => {
  const stage = stageOf('a')
  for (let i = 0; i < 10; i++) {
    stage.advance(ttlMs - 1)
    is(stage.submit.keepAlive('a').expiresAtMs, stage.nowMs + ttlMs)
  }
  stage.advance(ttlMs - 1)
  is(stage.state.sessions.size, 1)
  stage.advance(1)
  is(stage.state.sessions.size, 0)
  is(
    codeOf(() => stage.submit.keepAlive('a')),
    'no-session',
  )
  equal(eventsOf(stage, 'session-ended'), [{ type: 'session-ended', session: 'a', reason: 'expired' }])
})

test('what a session held and waited for is free when it ends', () => {
  const stage = stageOf('a', 'b', 'c')
  ask(stage, 'a', exclusive('x'))
  ask(stage, 'c', exclusive('z'))
  ask(stage, 'a', exclusive('z'), { id: 'waiting' })
  ask(stage, 'b', exclusive('x'))
  stage.takeEvents()
  stage.submit.closeSession('a')
  equal([holders(stage, 'x'), waiters(stage, 'z')], [['b'], []])
  is(stage.state.requests.size, 2)
  stage.submit.closeSession('a')
})

test('who loses a lock by the end of its session is told', () => {
  const stage = stageOf('a')
  ask(stage, 'a', exclusive('x'))
  stage.takeEvents()
  stage.advance(ttlMs)
  equal(eventsOf(stage, 'lost'), [{ type: 'lost', session: 'a', id: 'a', reason: 'session-ended' }])
})

test('a session that ends in the same step gets nothing', () => {
  const stage = stageOf('a', 'b')
  stage.submit.openSession({ ...open, id: 'late', ttlMs: 2 * ttlMs })
  ask(stage, 'a', exclusive('x'))
  ask(stage, 'b', exclusive('x'))
  ask(stage, 'late', exclusive('x'))
  // Both end now, and the holder's timer runs first.
  stage.advance(ttlMs)
  equal(holders(stage, 'x'), ['late'])
  is(
    eventsOf(stage, 'granted').some(({ session }) => session === 'b'),
    false,
  )
})

test('after an unclean end nobody gets the lock before the delay is over', () => {
  const stage = stageOf('b')
  stage.submit.openSession({ ...open, id: 'a', ttlMs: 5000, lockDelayMs: 3000 })
  ask(stage, 'a', exclusive('x'))
  ask(stage, 'b', exclusive('x'))
  stage.advance(5000)
  stage.submit.keepAlive('b')
  equal([holders(stage, 'x'), waiters(stage, 'x')], [[], ['b']])
  stage.advance(2999)
  equal(holders(stage, 'x'), [])
  stage.advance(1)
  equal(holders(stage, 'x'), ['b'])
})

test('a lock whose delay is over is forgotten', () => {
  const stage = stageOf()
  stage.submit.openSession({ ...open, id: 'a', lockDelayMs: 3000 })
  ask(stage, 'a', exclusive('x'))
  stage.advance(ttlMs)
  is(stage.state.locks.size, 1)
  stage.advance(3000)
  is(stage.state.locks.size, 0)
})

test('a session that is closed leaves no delay', () => {
  const stage = stageOf('b')
  stage.submit.openSession({ ...open, id: 'a', lockDelayMs: 3000 })
  ask(stage, 'a', exclusive('x'))
  stage.submit.closeSession('a')
  is(ask(stage, 'b', exclusive('x')).status, 'granted')
})

test('a lease is as long as the configuration allows', () => {
  const stage = stageOf()
  const { ttlMinMs, ttlMaxMs } = stage.state.config
  is(stage.submit.openSession({ ...open, id: 'a', ttlMs: 1 }).ttlMs, ttlMinMs)
  is(stage.submit.openSession({ ...open, id: 'b', ttlMs: 1e12 }).ttlMs, ttlMaxMs)
  for (const wrong of [Number.NaN, -1, Number.POSITIVE_INFINITY])
    is(
      codeOf(() => stage.submit.openSession({ ...open, id: 'c', ttlMs: wrong })),
      'bad-request',
    )
})

test('a session that is opened again by its client is the same one; by another it is refused', () => {
  const stage = stageOf('a')
  const { expiresAtMs } = stage.submit.keepAlive('a')
  stage.advance(10)
  is(stage.submit.openSession({ ...open, id: 'a' }).expiresAtMs, expiresAtMs)
  is(
    codeOf(() => stage.submit.openSession({ ...open, id: 'a', client: 'another' })),
    'session-exists',
  )
})

test('a client has so many sessions, and no more', () => {
  const stage = stageOf('a', 'b')
  stage.submit.configure({ ...stage.state.config, sessionsPerClientMax: 2, sessionsMax: 3 })
  is(
    codeOf(() => stage.submit.openSession({ ...open, id: 'c' })),
    'too-many-sessions',
  )
  stage.submit.openSession({ ...open, id: 'c', client: 'another' })
  is(
    codeOf(() => stage.submit.openSession({ ...open, id: 'd', client: 'a third' })),
    'too-many-sessions',
  )
  stage.submit.closeSession('a')
  stage.submit.openSession({ ...open, id: 'd' })
  is(stage.state.clients.get('tests'), 2)
})

test('a session outlives the node that it was opened on', () => {
  const stage = stageOf()
  stage.from(2).openSession({ ...open, id: 'a' })
  ask(stage, 'a', shared('x'))
  stage.setMembers([1, 3])
  stage.from(3).keepAlive('a')
  equal(holders(stage, 'x'), ['a'])
})

test.run()

// Who gets a lock, and who waits.

import type { Rejection } from '@quorate/core'
import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import {
  ask,
  codeOf,
  eventsOf,
  exclusive,
  holders,
  permits,
  release,
  type Stage,
  shared,
  stageOf,
  ttlMs,
  waiters,
} from './stage.test-support.ts'
import type { Want } from './state.ts'

const test = suite('acquiring')

const granted = (stage: Stage, session: string, want: Want | Want[], options = {}): number => {
  const status = ask(stage, session, want, options)
  if (status.status !== 'granted') throw new Error(`${session}: ${status.status}`)
  return status.tokens[0] as number
}

const isWaiting = (stage: Stage, session: string, want: Want | Want[], options = {}): void =>
  is(ask(stage, session, want, options).status, 'waiting')

test('one holder at a time, the others in the order in which they came', () => {
  const stage = stageOf('a', 'b', 'c')
  granted(stage, 'a', exclusive('x'))
  isWaiting(stage, 'c', exclusive('x'))
  isWaiting(stage, 'b', exclusive('x'))
  equal(holders(stage, 'x'), ['a'])
  equal(waiters(stage, 'x'), ['c', 'b'])
  ok(release(stage, 'a'))
  equal(holders(stage, 'x'), ['c'])
  ok(release(stage, 'c'))
  equal(holders(stage, 'x'), ['b'])
  ok(release(stage, 'b'))
  is(stage.state.locks.size, 0)
  is(stage.state.requests.size, 0)
})

test('tokens grow, also when a lock was forgotten in between', () => {
  const stage = stageOf('a')
  const tokens: number[] = []
  for (let i = 0; i < 3; i++) {
    tokens.push(granted(stage, 'a', exclusive('x'), { id: `${i}` }))
    release(stage, 'a', `${i}`)
    is(stage.state.locks.size, 0)
  }
  equal(
    tokens,
    [...new Set(tokens)].sort((a, b) => a - b),
  )
})

test('who shares, shares; who wants it alone waits for all of them, and those behind wait for that', () => {
  const stage = stageOf('a', 'b', 'c', 'd')
  granted(stage, 'a', shared('x'))
  granted(stage, 'b', shared('x'))
  isWaiting(stage, 'c', exclusive('x'))
  isWaiting(stage, 'd', shared('x'))
  release(stage, 'a')
  equal(holders(stage, 'x'), ['b'])
  release(stage, 'b')
  equal(holders(stage, 'x'), ['c'])
  release(stage, 'c')
  equal(holders(stage, 'x'), ['d'])
})

test('all who share and are next in the queue get it in one step', () => {
  const stage = stageOf('a', 'b', 'c', 'd')
  granted(stage, 'a', exclusive('x'))
  for (const session of ['b', 'c', 'd']) isWaiting(stage, session, shared('x'))
  stage.takeEvents()
  release(stage, 'a')
  equal(
    eventsOf(stage, 'granted').map(({ session }) => session),
    ['b', 'c', 'd'],
  )
})

test('a semaphore gives out its permits, in order', () => {
  const stage = stageOf('a', 'b', 'c', 'd')
  granted(stage, 'a', permits('s', 2, 3))
  isWaiting(stage, 'b', permits('s', 2, 3))
  // One is free, and b is before it.
  isWaiting(stage, 'c', permits('s', 1, 3))
  release(stage, 'a')
  equal(holders(stage, 's'), ['b', 'c'])
  is(
    codeOf(() => ask(stage, 'd', permits('s', 1, 4))),
    'permits-differ',
  )
  is(
    codeOf(() => ask(stage, 'd', exclusive('s'))),
    'permits-differ',
  )
})

test('several locks are had in one step, or none', () => {
  const stage = stageOf('a', 'b', 'c')
  granted(stage, 'a', exclusive('x'))
  isWaiting(stage, 'b', [exclusive('x'), exclusive('y')])
  equal(holders(stage, 'y'), [])
  // y is free, and b is before it.
  isWaiting(stage, 'c', exclusive('y'))
  release(stage, 'a')
  equal([holders(stage, 'x'), holders(stage, 'y')], [['b'], ['b']])
  ok(release(stage, 'b'))
  equal(holders(stage, 'y'), ['c'])
})

test('what was freed in one lock of a request lets others go on in its other locks', () => {
  const stage = stageOf('a', 'b', 'c')
  granted(stage, 'a', exclusive('x'))
  isWaiting(stage, 'b', [exclusive('x'), exclusive('y')])
  isWaiting(stage, 'c', exclusive('y'))
  ok(!release(stage, 'b'))
  equal(holders(stage, 'y'), ['c'])
})

test('who does not want to wait hears so, and leaves nothing', () => {
  const stage = stageOf('a', 'b')
  granted(stage, 'a', exclusive('x'))
  equal(ask(stage, 'b', exclusive('x'), { waitMs: 0 }), { status: 'none' })
  equal(waiters(stage, 'x'), [])
})

test('a wait ends when its time has come, and what stood behind it goes on', () => {
  const stage = stageOf('a', 'b', 'c')
  granted(stage, 'a', shared('x'))
  isWaiting(stage, 'b', exclusive('x'), { waitMs: 1000 })
  isWaiting(stage, 'c', shared('x'))
  stage.takeEvents()
  stage.advance(999)
  equal(holders(stage, 'x'), ['a'])
  stage.advance(1)
  equal(holders(stage, 'x'), ['a', 'c'])
  stage.advance(1)
  is(eventsOf(stage, 'dropped')[0]?.reason, 'timeout')
})

test('a wait that ends in a grant does not end later', () => {
  const stage = stageOf('a', 'b')
  granted(stage, 'a', exclusive('x'))
  isWaiting(stage, 'b', exclusive('x'), { waitMs: 1000 })
  release(stage, 'a')
  stage.advance(2000)
  equal(holders(stage, 'x'), ['b'])
})

test('a request that is sent again is the same one', () => {
  const stage = stageOf('a', 'b')
  const token = granted(stage, 'a', exclusive('x'))
  is(granted(stage, 'a', exclusive('x')), token)
  isWaiting(stage, 'b', exclusive('x'))
  isWaiting(stage, 'b', exclusive('x'))
  equal(waiters(stage, 'x'), ['b'])
  ok(release(stage, 'a'))
  ok(!release(stage, 'a'))
  equal(holders(stage, 'x'), ['b'])
})

test('an owner enters again if it asks to, with the token that it has, and leaves as often', () => {
  const stage = stageOf('a', 'b')
  const token = granted(stage, 'a', exclusive('x'))
  isWaiting(stage, 'b', exclusive('x'))
  is(granted(stage, 'a', exclusive('x'), { id: 'again', reentrant: true }), token)
  is(granted(stage, 'a', shared('x'), { id: 'reading', reentrant: true }), token)
  for (const id of ['a', 'again']) release(stage, 'a', id)
  equal(holders(stage, 'x'), ['a/reading'])
  release(stage, 'a', 'reading')
  equal(holders(stage, 'x'), ['b'])
})

test('another owner of the session does not enter', () => {
  const stage = stageOf('a')
  granted(stage, 'a', exclusive('x'), { owner: 'one' })
  isWaiting(stage, 'a', exclusive('x'), { id: 'other', owner: 'two', reentrant: true })
})

test('who shares cannot have it alone as well', () => {
  const stage = stageOf('a')
  granted(stage, 'a', shared('x'))
  for (const reentrant of [true, false])
    is(
      codeOf(() => ask(stage, 'a', exclusive('x'), { id: 'more', reentrant })),
      'upgrade-refused',
    )
})

test('nothing is granted without a session that lives', () => {
  const stage = stageOf('a')
  is(
    codeOf(() => ask(stage, 'nobody', exclusive('x'))),
    'no-session',
  )
  stage.advance(ttlMs)
  is(
    codeOf(() => ask(stage, 'a', exclusive('x'))),
    'no-session',
  )
})

test('what cannot be is refused, and stops nothing', () => {
  const stage = stageOf('a')
  const wrong: (Want | Want[])[] = [
    exclusive(''),
    exclusive('a\0b'),
    exclusive('x'.repeat(2000)),
    [],
    [exclusive('x'), shared('x')],
    permits('s', 0, 3),
    permits('s', 4, 3),
    permits('s', 1.5, 3),
  ]
  for (const want of wrong)
    is(
      codeOf(() => ask(stage, 'a', want)),
      'bad-request',
      JSON.stringify(want),
    )
  for (const options of [{ id: '' }, { waitMs: -1 }, { waitMs: Number.NaN }, { value: 'v'.repeat(9999) }])
    is(
      codeOf(() => ask(stage, 'a', exclusive('x'), options)),
      'bad-request',
    )
  is(stage.state.lastSequence, 0)
})

test('the bounds of the configuration are kept', () => {
  const stage = stageOf('a', 'b', 'c')
  const { config } = stage.state
  stage.submit.configure({ ...config, requestsPerSessionMax: 2, waitersPerLockMax: 1, locksMax: 3 })
  granted(stage, 'a', exclusive('x'))
  granted(stage, 'a', exclusive('y'), { id: '2' })
  is(
    codeOf(() => ask(stage, 'a', exclusive('z'), { id: '3' })),
    'too-many-requests',
  )
  isWaiting(stage, 'b', exclusive('x'))
  is(
    codeOf(() => ask(stage, 'c', exclusive('x'))),
    'too-many-waiters',
  )
  granted(stage, 'c', exclusive('z'))
  is(
    codeOf(() => ask(stage, 'c', exclusive('more'), { id: '2' })),
    'too-many-locks',
  )
})

test('a rejection says by its data what it is about', () => {
  const stage = stageOf('a')
  granted(stage, 'a', shared('x'))
  throws(
    () => ask(stage, 'a', exclusive('x'), { id: '2' }),
    (error: Rejection) => (error.data as { lock?: string }).lock === 'x',
  )
})

test.run()

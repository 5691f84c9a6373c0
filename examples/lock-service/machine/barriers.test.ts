// Barriers and countdowns.

import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { codeOf, eventsOf, type Stage, stageOf } from './stage.test-support.ts'

const test = suite('barriers and countdowns')

const arrive = (stage: Stage, session: string, id = '1', parties = 3): boolean =>
  stage.submit.arrive({ session, id, barrier: 'gate', parties }).isOpen

test('a barrier opens when all have come, to all of them', () => {
  const stage = stageOf('a', 'b', 'c')
  equal([arrive(stage, 'a'), arrive(stage, 'b'), arrive(stage, 'a')], [false, false, false])
  is(eventsOf(stage, 'barrier-opened').length, 0)
  is(arrive(stage, 'c'), true)
  is(eventsOf(stage, 'barrier-opened').length, 1)
  equal([arrive(stage, 'a'), arrive(stage, 'b')], [true, true])
})

test('the next ones wait for their own opening, also while the first are still there', () => {
  const stage = stageOf('a', 'b', 'c')
  for (const session of ['a', 'b', 'c']) arrive(stage, session)
  equal([arrive(stage, 'a', '2'), arrive(stage, 'b', '2')], [false, false])
  is(arrive(stage, 'a', '1'), true)
  is(arrive(stage, 'c', '2'), true)
})

test('who leaves before, or ends, does not count', () => {
  const stage = stageOf('a', 'b', 'c', 'd')
  arrive(stage, 'a')
  arrive(stage, 'b')
  stage.submit.leave({ session: 'a', id: '1' })
  stage.submit.closeSession('b')
  is(stage.state.barriers.size, 0)
  equal([arrive(stage, 'c'), arrive(stage, 'd')], [false, false])
})

test('nothing is left when all have gone on', () => {
  const stage = stageOf('a', 'b', 'c')
  for (const session of ['a', 'b', 'c']) arrive(stage, session)
  for (const session of ['a', 'b', 'c', 'a']) stage.submit.leave({ session, id: '1' })
  equal([stage.state.barriers.size, stage.state.arrivals.size], [0, 0])
})

test('all must agree how many they are', () => {
  const stage = stageOf('a', 'b')
  arrive(stage, 'a')
  is(
    codeOf(() => arrive(stage, 'b', '1', 4)),
    'permits-differ',
  )
  for (const parties of [0, 1.5, 1e9])
    is(
      codeOf(() => arrive(stage, 'b', '1', parties)),
      'bad-request',
    )
})

test('a countdown opens when so many have counted, each once', () => {
  const { submit } = stageOf()
  const countdown = 'start'
  equal(submit.beginCountdown({ countdown, count: 2 }), { left: 2 })
  equal(submit.countDown({ countdown, party: 'p' }), { left: 1 })
  equal(submit.countDown({ countdown, party: 'p' }), { left: 1 })
  equal(submit.beginCountdown({ countdown, count: 2 }), { left: 1 })
  is(
    codeOf(() => submit.beginCountdown({ countdown, count: 3 })),
    'permits-differ',
  )
  equal(submit.countDown({ countdown, party: 'q' }), { left: 0 })
  equal(submit.countDown({ countdown, party: 'q' }), { left: 0 })
})

test('countdowns are bounded as locks are', () => {
  const { submit, state } = stageOf()
  submit.configure({ ...state.config, locksMax: 1 })
  submit.beginCountdown({ countdown: 'a', count: 2 })
  submit.beginCountdown({ countdown: 'a', count: 2 })
  is(
    codeOf(() => submit.beginCountdown({ countdown: 'b', count: 2 })),
    'too-many-locks',
  )
})

test.run()

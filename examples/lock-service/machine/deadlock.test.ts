// Cycles of sessions that wait for each other: who closes one is refused.

import { Rejection } from '@quorate/core'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import type { CycleStep } from './deadlock.ts'
import {
  ask,
  codeOf,
  exclusive,
  permits,
  release,
  type Stage,
  shared,
  stageOf,
} from './stage.test-support.ts'
import type { Want } from './state.ts'

const test = suite('deadlocks')

let last = 0

/** With an id of its own; `null`: granted or waiting. */
function cycleOf(stage: Stage, session: string, wants: Want | Want[], options = {}): string[] | null {
  try {
    ask(stage, session, wants, { id: `${++last}`, ...options })
    return null
  } catch (error) {
    if (!(error instanceof Rejection) || error.code !== 'deadlock') throw error
    return (error.data as { cycle: CycleStep[] }).cycle.map(
      ({ session, owner, lock }) => `${session}${owner} ${lock}`,
    )
  }
}

test('two who hold what the other wants', () => {
  const stage = stageOf('a', 'b')
  for (const [session, lock] of ['ax', 'by', 'ay'] as const)
    is(cycleOf(stage, session as string, exclusive(lock as string)), null)
  equal(cycleOf(stage, 'b', exclusive('x')), ['b x', 'a y'])
})

test('many in a ring', () => {
  const names = Array.from({ length: 50 }, (_, i) => `s${i}`)
  const stage = stageOf(...names)
  for (const name of names) is(cycleOf(stage, name, exclusive(name)), null)
  for (const [i, name] of names.entries()) if (i < 49) is(cycleOf(stage, name, exclusive(`s${i + 1}`)), null)
  is(cycleOf(stage, 's49', exclusive('s0'))?.length, 50)
})

test('who waits behind one that waits for it', () => {
  const stage = stageOf('a', 'b', 'c')
  is(cycleOf(stage, 'a', shared('x')), null)
  is(cycleOf(stage, 'b', exclusive('x')), null)
  // It would share with a, but b is before it.
  is(cycleOf(stage, 'c', shared('z')), null)
  is(cycleOf(stage, 'c', shared('x')), null)
  equal(cycleOf(stage, 'a', exclusive('z')), ['a z', 'c x', 'b x'])
})

test('one that holds what it wants, unless it may enter again', () => {
  const stage = stageOf('a')
  is(cycleOf(stage, 'a', exclusive('x')), null)
  equal(cycleOf(stage, 'a', exclusive('x')), ['a x'])
  is(cycleOf(stage, 'a', exclusive('x'), { reentrant: true }), null)
  is(cycleOf(stage, 'a', exclusive('x'), { detectDeadlock: false }), null)
})

test('owners of one session are apart', () => {
  const stage = stageOf('a')
  is(cycleOf(stage, 'a', exclusive('x'), { owner: '1' }), null)
  is(cycleOf(stage, 'a', exclusive('y'), { owner: '2' }), null)
  is(cycleOf(stage, 'a', exclusive('y'), { owner: '1' }), null)
  equal(cycleOf(stage, 'a', exclusive('x'), { owner: '2' }), ['a2 x', 'a1 y'])
})

test('one that waits and holds nothing closes no cycle', () => {
  const stage = stageOf('a', 'b')
  is(cycleOf(stage, 'a', exclusive('x')), null)
  is(cycleOf(stage, 'b', exclusive('x')), null)
  is(cycleOf(stage, 'b', exclusive('x')), null)
})

test('of several locks at once', () => {
  const stage = stageOf('a', 'b')
  is(cycleOf(stage, 'a', exclusive('x')), null)
  is(cycleOf(stage, 'b', exclusive('y')), null)
  is(cycleOf(stage, 'a', [exclusive('u'), exclusive('y')]), null)
  equal(cycleOf(stage, 'b', [exclusive('w'), exclusive('x')]), ['b x', 'a y'])
})

test('a semaphore that another holder may give back is none', () => {
  const stage = stageOf('a', 'b', 'c')
  is(cycleOf(stage, 'a', permits('s', 1, 2)), null)
  is(cycleOf(stage, 'b', permits('s', 1, 2)), null)
  is(cycleOf(stage, 'c', exclusive('x')), null)
  is(cycleOf(stage, 'a', exclusive('x')), null)
  // b may give back its permit.
  is(cycleOf(stage, 'c', permits('s', 1, 2)), null)
})

test('a semaphore of which one holder has too much is one', () => {
  const stage = stageOf('a', 'b')
  is(cycleOf(stage, 'a', permits('s', 2, 2)), null)
  is(cycleOf(stage, 'b', exclusive('x')), null)
  is(cycleOf(stage, 'a', exclusive('x')), null)
  equal(cycleOf(stage, 'b', permits('s', 1, 2)), ['b s', 'a x'])
})

test('the one that was refused has not begun to wait, and may go on', () => {
  const stage = stageOf('a', 'b')
  for (const [session, lock] of ['ax', 'by', 'ay'] as const)
    ask(stage, session as string, exclusive(lock as string), { id: lock as string })
  is(
    codeOf(() => ask(stage, 'b', exclusive('x'), { id: 'x' })),
    'deadlock',
  )
  release(stage, 'b', 'y')
  is(ask(stage, 'a', exclusive('y'), { id: 'y' }).status, 'granted')
})

test.run()

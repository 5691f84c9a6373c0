// What the ready models allow and forbid.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkLinearizable } from '../check-linearizable.ts'
import { done, lost } from '../history.test-support.ts'
import type { Operation } from '../operation.ts'
import { appendListModel } from './append-list.ts'
import { type LockInput, type LockOutput, lockModel } from './lock.ts'
import { registerModel } from './register.ts'

const acquire = (owner: string): LockInput => ({ type: 'acquire', owner })
const release = (owner: string): LockInput => ({ type: 'release', owner })

/** Operations one after the other. */
function inTurn(...steps: [LockInput, LockOutput | 'lost'][]): Operation<LockInput, LockOutput>[] {
  return steps.map(([input, output], turn) =>
    output === 'lost' ? lost(1, input, turn * 2) : done(1, input, output, [turn * 2, turn * 2 + 1]),
  )
}

const verdictOf = (history: readonly Operation<LockInput, LockOutput>[]): string =>
  checkLinearizable(history, lockModel()).verdict

test('a lock is held by one', () => {
  assert.is(
    verdictOf(inTurn([acquire('a'), 1], [acquire('b'), null], [release('a'), true], [acquire('b'), 2])),
    'ok',
  )
  assert.is(verdictOf(inTurn([acquire('a'), 1], [acquire('b'), 2])), 'violation')
})

test('a lock that nobody holds is not refused', () => {
  assert.is(verdictOf(inTurn([acquire('a'), null])), 'violation')
  assert.is(verdictOf(inTurn([acquire('a'), 1], [release('a'), true], [acquire('b'), null])), 'violation')
})

test('only the holder releases a lock', () => {
  assert.is(verdictOf(inTurn([acquire('a'), 1], [release('b'), false])), 'ok')
  assert.is(verdictOf(inTurn([acquire('a'), 1], [release('b'), true])), 'violation')
})

test('fencing tokens only rise, with gaps or without', () => {
  assert.is(verdictOf(inTurn([acquire('a'), 5], [release('a'), true], [acquire('b'), 9])), 'ok')
  for (const token of [5, 4]) {
    assert.is(verdictOf(inTurn([acquire('a'), 5], [release('a'), true], [acquire('b'), token])), 'violation')
  }
})

test('an unknown acquire used up a token when it took effect', () => {
  const history = (token: number) =>
    inTurn([acquire('a'), 'lost'], [acquire('b'), null], [release('a'), true], [acquire('b'), token])
  assert.is(verdictOf(history(2)), 'ok')
  assert.is(verdictOf(history(1)), 'violation')
})

test('a list shows what was appended, in one order for all', () => {
  const appended = [
    done(1, { type: 'append', value: 'x' } as const, 1, [0, 3]),
    done(2, { type: 'append', value: 'y' } as const, 2, [0, 3]),
  ]
  const verdict = (...list: string[]): string =>
    checkLinearizable(
      [...appended, done(3, { type: 'read' } as const, list, [4, 5])],
      appendListModel<string>(),
    ).verdict
  assert.equal(
    [verdict('x', 'y'), verdict('y', 'x'), verdict('x'), verdict('x', 'y', 'y')],
    ['ok', 'violation', 'violation', 'violation'],
  )
})

test('registers hold values that are compared by content', () => {
  const verdict = (expected: number[]): string => {
    const history = [
      done(1, { type: 'write' as const, value: [1] }, undefined, [0, 1]),
      done(1, { type: 'compare-and-set' as const, expected, value: [2] }, true, [2, 3]),
      done(1, { type: 'read' as const }, [2], [4, 5]),
    ]
    return checkLinearizable(history, registerModel<number[]>([])).verdict
  }
  assert.is(verdict([1]), 'ok')
  assert.is(verdict([3]), 'violation')
})

test.run()

// Histories that are known to be good or bad, each for one reason.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkLinearizable } from './check-linearizable.ts'
import { done, lost } from './history.test-support.ts'
import { counterModel } from './models/counter.ts'
import { type RegisterInput, type RegisterOutput, registerModel } from './models/register.ts'
import type { Operation } from './operation.ts'

type RegisterOperation = Operation<RegisterInput<number>, RegisterOutput<number>>

const read: RegisterInput<number> = { type: 'read' }
const write = (value: number, key = ''): RegisterInput<number> => ({ type: 'write', value, key })
const swap = (expected: number, value: number): RegisterInput<number> => ({
  type: 'compare-and-set',
  expected,
  value,
})
const add = { type: 'add', by: 1 } as const

const verdictOf = (history: readonly RegisterOperation[]): string =>
  checkLinearizable(history, registerModel(0)).verdict

test('no operations are linearizable', () => {
  assert.is(verdictOf([]), 'ok')
})

test('a read behind a write sees it', () => {
  assert.is(verdictOf([done(1, write(1), undefined, [0, 1]), done(2, read, 1, [2, 3])]), 'ok')
})

test('a stale read is a violation', () => {
  assert.is(verdictOf([done(1, write(1), undefined, [0, 1]), done(2, read, 0, [2, 3])]), 'violation')
})

test('a read of what nobody wrote is a violation', () => {
  assert.is(verdictOf([done(1, write(1), undefined, [0, 1]), done(2, read, 7, [0, 3])]), 'violation')
})

test('a read during a write sees the old or the new value', () => {
  for (const value of [0, 1]) {
    assert.is(verdictOf([done(1, write(1), undefined, [0, 9]), done(2, read, value, [2, 3])]), 'ok')
  }
})

test('what one read during a write has seen, a later one cannot have lost', () => {
  const writing = done(1, write(1), undefined, [0, 9])
  assert.is(verdictOf([writing, done(2, read, 0, [1, 2]), done(3, read, 1, [3, 4])]), 'ok')
  assert.is(verdictOf([writing, done(2, read, 1, [1, 2]), done(3, read, 0, [3, 4])]), 'violation')
})

test('operations that do not overlap are not reordered', () => {
  const [first, second] = [done(1, write(1), undefined, [0, 1]), done(2, write(2), undefined, [2, 3])]
  assert.is(verdictOf([first, second, done(3, read, 2, [4, 5])]), 'ok')
  assert.is(verdictOf([first, second, done(3, read, 1, [4, 5])]), 'violation')
})

test('operations that overlap may be reordered', () => {
  const overlapping = [done(1, write(1), undefined, [0, 3]), done(2, write(2), undefined, [2, 5])]
  assert.is(verdictOf([...overlapping, done(3, read, 1, [6, 7])]), 'ok')
})

test('operations that touch at one instant may be reordered', () => {
  assert.is(verdictOf([done(1, write(1), undefined, [0, 2]), done(2, read, 0, [2, 3])]), 'ok')
})

test('the order of a history in the array does not matter', () => {
  assert.is(verdictOf([done(2, read, 0, [2, 3]), done(1, write(1), undefined, [0, 1])]), 'violation')
  assert.is(verdictOf([done(2, read, 1, [2, 3]), done(1, write(1), undefined, [0, 1])]), 'ok')
})

test('two readers that see two writes in different orders are a violation', () => {
  const writes = [done(1, write(1), undefined, [0, 20]), done(2, write(2), undefined, [0, 20])]
  const reader = (client: number, first: number, second: number): RegisterOperation[] => [
    done(client, read, first, [1 + client, 2 + client]),
    done(client, read, second, [11 + client, 12 + client]),
  ]
  assert.is(verdictOf([...writes, ...reader(3, 1, 2), ...reader(4, 1, 2)]), 'ok')
  assert.is(verdictOf([...writes, ...reader(3, 1, 2), ...reader(4, 2, 1)]), 'violation')
})

test('a lost update is a violation: two swaps from one value cannot both succeed', () => {
  const winner = done(1, swap(0, 1), true, [0, 4])
  assert.is(verdictOf([winner, done(2, swap(0, 2), true, [1, 5])]), 'violation')
  assert.is(verdictOf([winner, done(2, swap(0, 2), false, [1, 5])]), 'ok')
})

test('a lost update is a violation: two additions that leave one', () => {
  const history = [done(1, add, 1, [0, 4]), done(2, add, 1, [1, 5])]
  assert.is(checkLinearizable(history, counterModel()).verdict, 'violation')
})

test('a double apply is a violation', () => {
  const history = (seen: number) => [
    done(1, add, 1, [0, 1]),
    done(2, { type: 'read' } as const, seen, [2, 3]),
  ]
  assert.is(checkLinearizable(history(1), counterModel()).verdict, 'ok')
  assert.is(checkLinearizable(history(2), counterModel()).verdict, 'violation')
})

test('a read that shares the marker of an earlier read misses what was written in between', () => {
  const early = done(1, read, 0, [0, 6])
  const written = done(2, write(1), undefined, [2, 3])
  assert.is(verdictOf([early, written, done(1, read, 0, [4, 6])]), 'violation')
  assert.is(verdictOf([early, written, done(1, read, 1, [4, 6])]), 'ok')
})

test('an unknown write may have taken effect', () => {
  assert.is(verdictOf([done(2, read, 1, [2, 3])]), 'violation')
  assert.is(verdictOf([lost(1, write(1), 0), done(2, read, 1, [2, 3])]), 'ok')
})

test('an unknown write may take effect late, or never', () => {
  const history = [lost(1, write(1), 0), done(2, read, 0, [2, 3])]
  assert.is(verdictOf(history), 'ok')
  assert.is(verdictOf([...history, done(2, read, 1, [90, 91])]), 'ok')
})

test('an unknown write does not take effect before it is invoked', () => {
  assert.is(verdictOf([done(2, read, 1, [2, 3]), lost(1, write(1), 4)]), 'violation')
})

test('an unknown write takes effect once', () => {
  const history = [lost(1, write(1), 0), done(2, read, 1, [1, 2]), done(2, write(2), undefined, [3, 4])]
  assert.is(verdictOf([...history, done(2, read, 2, [5, 6])]), 'ok')
  assert.is(verdictOf([...history, done(2, read, 1, [5, 6])]), 'violation')
})

test('an unknown addition explains one that is missing or one too many, but not two', () => {
  const seen = (value: number) => [lost(1, add, 0), done(2, { type: 'read' } as const, value, [5, 6])]
  const verdicts = [0, 1, 2].map((value) => checkLinearizable(seen(value), counterModel()).verdict)
  assert.equal(verdicts, ['ok', 'ok', 'violation'])
})

test('different unknown operations that lead to the same state leave different ones for later', () => {
  const two = { type: 'add', by: 2 } as const
  const see = (value: number, at: number) => done(9, { type: 'read' } as const, value, [at, at + 1])
  const history = [lost(1, add, 0), lost(2, add, 0), lost(3, two, 0), see(2, 1), see(3, 3)]
  assert.is(checkLinearizable(history, counterModel()).verdict, 'ok')
})

test('an unknown swap takes effect only where it finds what it expects', () => {
  assert.is(verdictOf([lost(1, swap(0, 5), 0), done(2, read, 5, [2, 3])]), 'ok')
  assert.is(verdictOf([lost(1, swap(1, 5), 0), done(2, read, 5, [2, 3])]), 'violation')
})

test('one key does not excuse another, and the one that is wrong is named', () => {
  const history = [
    done(1, write(1, 'good'), undefined, [0, 1]),
    done(2, { type: 'read', key: 'good' } as const, 1, [2, 3]),
    done(1, write(1, 'bad'), undefined, [0, 1]),
    done(2, { type: 'read', key: 'bad' } as const, 0, [2, 3]),
  ]
  const result = checkLinearizable(history, registerModel(0))
  assert.is(result.verdict === 'violation' && result.key, 'bad')
})

test('without a key all operations are about one object', () => {
  const { key: _, ...oneRegister } = registerModel(0)
  const history = [
    done(1, write(1, 'a'), undefined, [0, 1]),
    done(2, { type: 'read', key: 'b' } as const, 0, [2, 3]),
  ]
  const result = checkLinearizable(history, oneRegister)
  assert.is(result.verdict === 'violation' && result.key, undefined)
  assert.is(checkLinearizable(history, registerModel(0)).verdict, 'ok')
})

test('an operation that returns before it is invoked is an error', () => {
  assert.throws(() => verdictOf([done(7, read, 0, [3, 2])]), /client 7 is invoked at 3 and returns at 2/)
  assert.throws(() => verdictOf([lost(7, read, Number.NaN)]), /client 7 is invoked at NaN/)
})

test.run()

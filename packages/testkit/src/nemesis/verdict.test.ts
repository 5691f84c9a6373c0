// Each thing that must not be is put into a small history, and found.

import { test } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import type { Recorded } from './history.ts'
import type { ClientInput, Outcome } from './orders.ts'
import type { Register } from './registers.ts'
import { judge } from './verdict.ts'

const write = (id: number): ClientInput => ({ type: 'write', key: '0/a', id })
const read: ClientInput = { type: 'read', key: '0/a' }

type Became = Outcome['became'] | 'unanswered'

function operation(
  input: ClientInput,
  at: number,
  became: Became = 'ok',
  value?: number | boolean,
): Recorded {
  const outcome: Outcome | null =
    became === 'unanswered'
      ? null
      : { invokedAt: at, returnedAt: at + 1, became, ...(value !== undefined && { value }) }
  return { client: '1.0', input, invokedAt: at, outcome }
}

function violationsOf(operations: readonly Recorded[], ...applied: readonly number[]): readonly string[] {
  const register: Register = { value: applied.at(-1) ?? 0, applied }
  return judge(operations, { contents: { '0/a': register }, atMs: 1000 }).violations
}

test('commands in the order of the state, and reads of it, are as they must be', () => {
  equal(
    violationsOf([operation(write(1), 0), operation(read, 5, 'ok', 1), operation(write(2), 10)], 1, 2),
    [],
  )
})

test('a confirmed command that is not in the state is found', () => {
  match(
    violationsOf([operation(write(1), 0), operation(write(2), 10)], 1)[0] ?? '',
    /^1 commands are confirmed and not in the state: 2$/,
  )
})

test('a command that was applied twice is found', () => {
  match(violationsOf([operation(write(1), 0)], 1, 1)[0] ?? '', /applied more than once: 1$/)
})

test('a command that is said to be unapplied and is in the state is found', () => {
  match(violationsOf([operation(write(1), 0, 'unapplied')], 1)[0] ?? '', /unapplied, and in the state: 1$/)
})

test('a command in the state that nobody submitted is found', () => {
  match(violationsOf([], 1)[0] ?? '', /never submitted: 1$/)
})

test('a read of what was overwritten before it began is found', () => {
  const stale = [operation(write(1), 0), operation(write(2), 10), operation(read, 20, 'ok', 1)]
  match(violationsOf(stale, 1, 2)[0] ?? '', /no order of the operations explains/)
})

test('a confirmed command that another order in the state belies is found', () => {
  match(violationsOf([operation(write(1), 0), operation(write(2), 10)], 2, 1)[0] ?? '', /no order/)
})

test('unknown outcomes are judged by the state: applied at some time, or never', () => {
  const unknown = [operation(write(1), 0, 'unknown'), operation(write(2), 10, 'unanswered')]
  equal(violationsOf([...unknown, operation(read, 20, 'ok', 0), operation(read, 30, 'ok', 1)], 1), [])
  match(violationsOf([...unknown, operation(read, 30, 'ok', 2)], 1)[0] ?? '', /no order/)
})

test('a failed read says nothing, and an unanswered compare-and-set may have found what it expected', () => {
  const swap: ClientInput = { type: 'compareAndSet', key: '0/a', id: 2, expected: 1 }
  const history = [operation(write(1), 0), operation(read, 5, 'unapplied'), operation(swap, 10, 'unknown')]
  equal(violationsOf(history, 1, 2), [])
  is(violationsOf([...history, operation(read, 20, 'ok', 0)], 1, 2).length, 1)
})

test.run()

// The checker says what trying all orders says, on thousands of small histories of both kinds.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isLinearizableByBruteForce } from './brute-force.test-support.ts'
import { checkLinearizable } from './check-linearizable.ts'
import type { Model } from './model.ts'
import { type AppendListInput, type AppendListOutput, appendListModel } from './models/append-list.ts'
import { type CounterInput, counterModel } from './models/counter.ts'
import { type LockInput, type LockOutput, lockModel } from './models/lock.ts'
import { type RegisterInput, type RegisterOutput, registerModel } from './models/register.ts'
import { type Perform, type Random, randomHistory, randomOf, spoil } from './random-history.test-support.ts'

interface Subject<State, Input, Output> {
  readonly model: Model<State, Input, Output>
  readonly input: (random: Random) => Input
  /** A new object. */
  readonly object: () => Perform<Input, Output>
}

const histories = 4000

/** How many histories of each verdict there were; fails where the two do not agree. */
function compare<State, Input, Output>({
  model,
  input,
  object,
}: Subject<State, Input, Output>): {
  good: number
  bad: number
} {
  const counts = { good: 0, bad: 0 }
  for (let seed = 1; seed <= histories; seed++) {
    const random = randomOf(seed)
    const options = {
      operations: 2 + random(6),
      input,
      perform: object(),
      unknownOneIn: random(3) * 2,
      reach: 1 + random(4),
    }
    const made = randomHistory(random, options)
    const history = random(4) === 0 ? made : spoil(random, made)
    const expected = isLinearizableByBruteForce(history, model)
    assert.is(checkLinearizable(history, model).verdict, expected ? 'ok' : 'violation', `seed ${seed}`)
    if (history === made) assert.ok(expected, `seed ${seed}: what one object did is linearizable`)
    counts[expected ? 'good' : 'bad']++
  }
  return counts
}

function assertBothKinds({ good, bad }: { good: number; bad: number }): void {
  assert.ok(good > histories / 10 && bad > histories / 10, `${good} good, ${bad} bad`)
}

test('registers', () => {
  const object = (): Perform<RegisterInput<number>, RegisterOutput<number>> => {
    let value = 0
    return (input) => {
      if (input.type === 'read') return value
      if (input.type === 'compare-and-set' && value !== input.expected) return false
      value = input.value
      return input.type === 'write' ? undefined : true
    }
  }
  const input = (random: Random): RegisterInput<number> => {
    const value = random(3)
    if (random(3) === 0) return { type: 'write', value }
    return random(2) === 0 ? { type: 'read' } : { type: 'compare-and-set', expected: random(3), value }
  }
  assertBothKinds(compare({ model: registerModel(0), input, object }))
})

test('counters', () => {
  const object = (): Perform<CounterInput, number> => {
    let value = 0
    return (input) => {
      if (input.type === 'add') value += input.by
      return value
    }
  }
  const input = (random: Random): CounterInput =>
    random(2) === 0 ? { type: 'read' } : { type: 'add', by: random(3) }
  assertBothKinds(compare({ model: counterModel(), input, object }))
})

test('locks', () => {
  const object = (): Perform<LockInput, LockOutput> => {
    let holder: LockInput['owner'] | null = null
    let token = 0
    return ({ type, owner }) => {
      const held = holder === owner
      if (type === 'release') {
        if (held) holder = null
        return held
      }
      if (holder !== null) return null
      holder = owner
      return ++token
    }
  }
  const input = (random: Random): LockInput => ({
    type: random(2) === 0 ? 'acquire' : 'release',
    owner: random(2),
  })
  assertBothKinds(compare({ model: lockModel(), input, object }))
})

test('append lists', () => {
  const object = (): Perform<AppendListInput<number>, AppendListOutput<number>> => {
    const list: number[] = []
    return (input) => (input.type === 'append' ? list.push(input.value) : [...list])
  }
  const input = (random: Random): AppendListInput<number> =>
    random(2) === 0 ? { type: 'read' } : { type: 'append', value: random(3) }
  assertBothKinds(compare({ model: appendListModel<number>(), input, object }))
})

test.run()

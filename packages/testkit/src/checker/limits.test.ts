// The check ends in time, and says so when it could not decide.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkLinearizable } from './check-linearizable.ts'
import { done, lost } from './history.test-support.ts'
import { type CounterInput, counterModel } from './models/counter.ts'
import { type RegisterInput, type RegisterOutput, registerModel } from './models/register.ts'
import type { Operation } from './operation.ts'
import { randomHistory, randomOf } from './random-history.test-support.ts'

/** Many additions of different size at one time, and a sum that none of their subsets has. */
const hopeless: Operation<CounterInput, number>[] = [
  ...Array.from({ length: 40 }, (_, i) => lost<CounterInput>(i, { type: 'add', by: 2 ** i }, 0)),
  done<CounterInput, number>(99, { type: 'read' }, 0.5, [1, 2]),
]

test('a history beyond the limit of steps is too large, and never ok', () => {
  const result = checkLinearizable(hopeless, counterModel(), { stepsMax: 10_000 })
  assert.is(result.verdict, 'too-large')
  assert.is(result.steps, 10_000)
  assert.match(result.verdict === 'too-large' ? result.explanation : '', /41 operations .* 10000 steps/)
})

test('a history beyond the limit of time is too large', () => {
  const began = performance.now()
  const result = checkLinearizable(hopeless, counterModel(), { timeMs: 50, stepsMax: 1e9 })
  assert.is(result.verdict, 'too-large')
  assert.ok(performance.now() - began < 2000)
})

test('a violation of one key is told although another key is too large', () => {
  const bad = done<CounterInput, number>(1, { type: 'read', key: 'bad' }, 1, [0, 1])
  const result = checkLinearizable([...hopeless, bad], counterModel(), { stepsMax: 1000 })
  assert.is(result.verdict === 'violation' && result.key, 'bad')
})

/** Histories of registers with keys, as 8 clients would leave them: an operation overlaps some seven others. */
function longHistory(
  operations: number,
  keys: number,
  unknownOneIn: number,
): Operation<RegisterInput<number>, RegisterOutput<number>>[] {
  const values = new Map<string | undefined, number>()
  let written = 0
  return randomHistory(randomOf(5), {
    operations,
    unknownOneIn,
    reach: 8,
    input: (random): RegisterInput<number> => {
      const key = `key ${random(keys)}`
      return random(2) === 0 ? { type: 'read', key } : { type: 'write', key, value: ++written }
    },
    perform: (input): RegisterOutput<number> => {
      if (input.type === 'write') values.set(input.key, input.value)
      return input.type === 'read' ? (values.get(input.key) ?? 0) : undefined
    },
  })
}

/** CPU time, which does not depend on what else the machine does. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  return process.cpuUsage(before).user / 1000
}

test('10,000 operations of 8 clients on 10 keys are checked well within a second', () => {
  const history = longHistory(10_000, 10, 0)
  const took = cpuMs(() => {
    const { verdict, steps } = checkLinearizable(history, registerModel(0))
    assert.is(verdict, 'ok')
    assert.ok(steps < 15_000, `${steps} steps`)
  })
  assert.ok(took < 1000, `${took} ms`)
})

test('10,000 operations of 8 clients on one key', () => {
  const took = cpuMs(() =>
    assert.is(checkLinearizable(longHistory(10_000, 1, 0), registerModel(0)).verdict, 'ok'),
  )
  assert.ok(took < 2000, `${took} ms`)
})

test('an operation that lasts for a whole long history costs no more than another', () => {
  const key = 'key 0'
  const whole = {
    client: 9,
    input: { type: 'write', key, value: -1 } as const,
    invokedAt: -10,
    returnedAt: 1e6,
  }
  const history = [{ ...whole, output: undefined }, ...longHistory(10_000, 1, 0)]
  const { verdict, steps } = checkLinearizable(history, registerModel(0))
  assert.is(verdict, 'ok')
  assert.ok(steps < 200_000, `${steps} steps`)
})

test('one operation of fifty with an unknown outcome does not make a history too large', () => {
  const result = checkLinearizable(longHistory(10_000, 10, 50), registerModel(0))
  assert.is(result.verdict, 'ok')
})

test.run()

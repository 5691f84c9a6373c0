// A user's machine in the simulated world: what is right passes, what is wrong is found, shrunk and played again.

import { defineMachine } from '@quorate/core/simulation'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { unknownOutput } from '../../checker/operation.ts'
import { type SimulateOptions, simulate } from './simulate.ts'
import { SimulationFailure } from './simulation-failure.ts'
import type { SimulatedModel } from './workload/clients.ts'

const counter = defineMachine({
  name: 'counter',
  version: 1,
  initial: () => ({ value: 0 }),
  reducers: {
    add(state, by: number) {
      state.value += by
      return state.value
    },
  },
})

/** Knows its replica: what it does is no function of the log. */
function strayMachine() {
  let calls = 0
  return defineMachine({
    name: 'stray',
    version: 1,
    initial: () => ({ value: 0 }),
    reducers: {
      add(state, by: number) {
        calls += 1
        state.value += by + (calls % 50 === 0 ? 1 : 0)
        return state.value
      },
    },
  })
}

const counterModel: SimulatedModel = {
  initial: 0,
  step(value: number, input, output) {
    if ('read' in input) return { ok: output === value, state: value }
    const next = value + (input.input as number)
    return { ok: output === unknownOutput || output === next, state: next }
  },
}

type Options = SimulateOptions<{ value: number }, { add(by: number): number }>

const client: Options['client'] = ({ submit, read, random, waiting }) => {
  if (waiting > 2) return
  if (random.oneIn(3)) read('value', ({ value }) => value)
  else submit('add', 1 + random.below(9))
}

/** As in the README; once in so many times a read says too much. */
function readsAndAdds(wrongOneIn: number): Options['client'] {
  return ({ submit, read, random, waiting }) => {
    if (waiting > 3) return
    if (random.oneIn(2)) submit('add', random.below(10))
    else read('value', ({ value }) => (random.oneIn(wrongOneIn) ? value + 1 : value))
  }
}

function failureOf(run: () => unknown): SimulationFailure {
  try {
    run()
  } catch (error) {
    if (error instanceof SimulationFailure) return error
    throw error
  }
  throw new Error('The run did not fail.')
}

test('a right machine passes, and its operations are linearizable', () => {
  const result = simulate(counter, { seed: 1, seeds: 12, steps: 800, client, model: counterModel })
  assert.is(result.seeds, 12)
  assert.ok(result.steps > 12 * 800)
  assert.ok((result.events['epoch adopted'] ?? 0) > 12)
  assert.ok((result.events['read confirmed'] ?? 0) > 12)
  assert.ok((result.events['write confirmed'] ?? 0) > 12)
})

test('a model that the machine does not follow is found out', () => {
  const model = { ...counterModel, initial: 1 }
  const { violation } = failureOf(() => simulate(counter, { seeds: 10, steps: 400, nodes: 3, client, model }))
  assert.match(violation, /^I6: not what the model says/)
})

/** Of both, clients get many answers: dozens of reads. */
for (const seed of [3, 9]) {
  test(`a model that no read satisfies is found out, with seed ${seed}`, () => {
    const step: SimulatedModel['step'] = (value, input, output) =>
      'read' in input ? { ok: false, state: value } : counterModel.step(value, input, output)
    const run = () => simulate(counter, { seed, client: readsAndAdds(0), model: { ...counterModel, step } })
    assert.match(failureOf(run).violation, /this cannot be next:\n +✗ client \d: { read: 'value' } → \d+/)
  })

  test(`reads of which one in ten is wrong are found out, with seed ${seed}`, () => {
    const run = () => simulate(counter, { seed, client: readsAndAdds(10), model: counterModel })
    assert.match(failureOf(run).violation, /^I6: not what the model says/)
  })
}

test('a machine that asks for the time fails by name', () => {
  const clock = defineMachine({
    name: 'clock',
    version: 1,
    initial: () => ({ value: 0 }),
    reducers: {
      add(state, _by: number) {
        state.value = Date.now()
        return state.value
      },
    },
  })
  const run = () => simulate(clock, { seeds: 3, steps: 400, nodes: 3, client })
  assert.match(failureOf(run).violation, /^stopped: .* in the command 'add' .*Date\.now in a reducer/)
})

test('replicas of a machine that is no function of the log differ', () => {
  const run = () => simulate(strayMachine(), { seeds: 10, steps: 800, nodes: 3, client })
  assert.match(failureOf(run).violation, /^I3/)
})

test('the own invariant is looked at, and its failure shrunk to a plan that fails again', () => {
  const options: Options = {
    seeds: 5,
    steps: 600,
    nodes: 3,
    client,
    invariant: (replicas) => (replicas.some(({ state }) => state.value > 40) ? 'more than 40' : undefined),
  }
  const { seed, plan, violation, message, trace } = failureOf(() => simulate(counter, options))
  assert.is(violation, 'own: more than 40')
  assert.match(message, `seed: ${seed}`)
  assert.ok(plan.steps.length < 600)
  assert.ok(trace.length > 0)
  assert.is(failureOf(() => simulate(counter, { ...options, seed: seed + 1, plan })).violation, violation)
})

test.run()

// Runs end where they should, say what was violated, and can be made shorter.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { playNumbered } from './numbered.test-support.ts'
import { type RunOptions, runPlan, wholePlan } from './run.ts'
import { shrink } from './shrink.ts'

const still: RunOptions['start'] = () => ({ event() {}, settle() {} })

test('a run without a violation plays all its steps, and then calm ones', () => {
  const { result } = playNumbered(1, 300)
  assert.is(result.violation, undefined)
  assert.is(result.phase, 'calm')
  assert.is(result.plan.steps.length, 300)
  assert.ok(result.steps > 300)
  assert.ok(result.nowMs > 0)
})

test('an opening is calm', () => {
  let stepsAtFaults = 0
  const opening = { reached: () => ++stepsAtFaults === 200, stepsMax: 300, what: 'its beginning' }
  const result = runPlan({ plan: wholePlan(1, 0), nodes: 3, start: still, opening })
  assert.is(result.steps, 200)
  assert.is(result.statistics.of('ring formed'), 1)
  assert.is(result.statistics.of('process crashed') + result.statistics.of('daemon died'), 0)
})

test('the first violation ends the run, and the plan ends there', () => {
  let steps = 0
  const step = () => (++steps === 40 ? 'forty' : undefined)
  const { violation, phase, plan } = runPlan({ plan: wholePlan(1, 300), nodes: 3, start: still, step })
  assert.is(violation, 'forty')
  assert.is(phase, 'faults')
  assert.equal(plan, wholePlan(1, 40))
})

test('what a subject throws is a violation', () => {
  const start: RunOptions['start'] = () => ({
    event() {
      throw new Error('broken')
    },
    settle() {},
  })
  const { violation, error } = runPlan({ plan: wholePlan(1, 300), nodes: 3, start })
  assert.is(violation, 'broken')
  assert.instance(error, Error)
})

test('a run that does not come right in the end says so', () => {
  const calm = { reached: () => false, stepsMax: 100, what: 'an end' }
  const { violation, phase } = runPlan({ plan: wholePlan(1, 10), nodes: 2, start: still, calm })
  assert.is(violation, 'The run did not come to an end within 100 steps.')
  assert.is(phase, 'calm')
})

test('a failing run is shrunk to the few steps that it needs', () => {
  const fails = (plan: RunOptions['plan']) => {
    const step: RunOptions['step'] = ({ statistics }) =>
      statistics.of('daemon died') > 1 && statistics.of('message lost at a merge') > 0 ? 'both' : undefined
    return playNumbered(0, 0, { nodes: 3, plan, step })
  }
  const seed = Array.from({ length: 100 }, (_, each) => each).find(
    (each) => fails(wholePlan(each, 1500)).result.violation === 'both',
  )
  assert.is.not(seed, undefined)
  const failing = (plan: RunOptions['plan']) => {
    const { violation, phase } = fails(plan).result
    return violation === 'both' && phase === 'faults'
  }
  const { plan, isMinimal } = shrink(fails(wholePlan(seed ?? 0, 1500)).result.plan, failing)
  assert.ok(failing(plan))
  assert.ok(isMinimal)
  assert.ok(plan.steps.length < 60, `${plan.steps.length} steps are left`)
})

test('what fails without any step is shrunk to none, and the number of runs is bounded', () => {
  assert.equal(shrink(wholePlan(1, 100), () => true).plan.steps, [])
  const { runs, isMinimal, plan } = shrink(wholePlan(1, 100), () => false, 20)
  assert.is(runs, 20)
  assert.not(isMinimal)
  assert.is(plan.steps.length, 100)
})

test.run()

// The protocol itself: seeds without a violation, runs that repeat themselves, rules whose absence is noticed.
// deadline: 600 s

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Statistics } from '../world/statistics.ts'
import { type ReplicaEventKind, replicaEventKinds } from './events/kinds.ts'
import { playProtocol, shrinkProtocol } from './protocol-run.ts'

/** More of them by `npm run simulate`. */
const seeds = 500
const steps = 1500

/** The first stands behind another rule: while that holds, nothing leads there. Two groups of one name are not here. */
const unreachable: readonly ReplicaEventKind[] = ['command passed over', 'obstacle: groups']
/** Once in some hundred or thousand seeds. */
const rare: readonly ReplicaEventKind[] = [
  'left out: cannot run what was agreed',
  'obstacle: version',
  'obstacle: ambiguous',
  'ambiguous with all voters here: waits for the operator',
  'all voters blank beside a known group: waits for the operator',
  'operator answers',
  'program too old for its storage',
  'commits given up by force',
  'installed with fewer than a majority of intact logs',
  'installed alone after fencing',
]

test(`${seeds} seeds violate nothing, and leave nothing untried`, () => {
  const events = new Statistics(replicaEventKinds)
  let tunedRuns = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const played = playProtocol({ seed, steps })
    assert.is(played.violation, undefined, `npm run simulate -- --seed ${seed} --steps ${steps} --trace`)
    events.add(played.events)
    if (played.events.of('bounds tuned') > 0) tunedRuns += 1
  }
  const untried = events.holes().filter((kind) => !unreachable.includes(kind) && !rare.includes(kind))
  assert.equal(untried, [])
  assert.ok(tunedRuns > seeds / 3, `${tunedRuns} runs had nodes tuned`)
})

test('a seed is one run, whenever it is played', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const [first, second] = [playProtocol({ seed }), playProtocol({ seed })]
    assert.is(second.digest, first.digest, `Seed ${seed}`)
    assert.is(second.steps, first.steps)
  }
})

test('a rule that is switched off is noticed, and the run that shows it is shrunk', () => {
  const options = { nodes: 3, steps: 1500, fault: 'commit-on-own-delivery' } as const
  const seed = Array.from({ length: 50 }, (_, place) => place + 1).find(
    (each) => playProtocol({ ...options, seed: each }).violation !== undefined,
  )
  assert.is.not(seed, undefined)
  const failing = { ...options, seed: seed as number }
  const { invariant } = playProtocol(failing)
  const { plan, isMinimal } = shrinkProtocol(failing, 100)
  assert.not(isMinimal)
  assert.ok(plan.steps.length < 1000)
  assert.is(playProtocol({ ...failing, plan }).invariant, invariant)
  assert.is(playProtocol({ ...failing, fault: null, plan }).violation, undefined)
})

test.run()

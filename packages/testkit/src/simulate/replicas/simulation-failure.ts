// How a user hears that a run has failed, and how to see it again.

import type { Plan } from '../run.ts'

export interface FailureDetails {
  readonly seed: number
  /** The shortest that was found. */
  readonly plan: Plan
  readonly violation: string
  /** The end of the trace of `plan`. */
  readonly trace: readonly string[]
  /** What was thrown. */
  readonly cause: unknown
}

/** A simulated run has violated an invariant: the protocol's, or the caller's own. */
export class SimulationFailure extends Error {
  readonly seed: number
  /** Give it to `simulate` as `plan`: the same failure, by fewer steps. */
  readonly plan: Plan
  readonly violation: string
  readonly trace: readonly string[]

  constructor({ seed, plan, violation, trace, cause }: FailureDetails) {
    super(
      `${violation}\n\nPlay it again: simulate(machine, { …, seed: ${seed}, seeds: 1 })\n` +
        `In fewer steps: simulate(machine, { …, plan: { seed: ${seed}, steps: [${plan.steps.join(', ')}] } })\n\n` +
        `The end of the trace of these:\n${trace.join('\n')}`,
      { cause },
    )
    this.name = 'SimulationFailure'
    this.seed = seed
    this.plan = plan
    this.violation = violation
    this.trace = trace
  }
}

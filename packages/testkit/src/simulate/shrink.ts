// Makes a failing run shorter: leaves out steps, first in large pieces and then one by one, as long as it still fails
// (delta debugging). Steps are independent of each other in their chance, so what remains does much the same as before.

import type { Plan } from './run.ts'

/** How a plan was shrunk. */
export interface Shrunk {
  readonly plan: Plan
  /** Runs that it took. */
  readonly runs: number
  /** Whether no single step more can be left out; otherwise the runs were used up. */
  readonly isMinimal: boolean
}

/**
 * The shortest plan found that still fails.
 *
 * @param plan one that fails; that of the run's result lacks what came behind the violation already
 * @param failing plays a plan; `true` when it fails as the first one did
 * @param runsMax at most so many runs; 2,000 by default
 */
export function shrink(plan: Plan, failing: (plan: Plan) => boolean, runsMax = 2000): Shrunk {
  const shrinker = new Shrinker(plan, failing, runsMax)
  for (let size = plan.steps.length >> 1; size > 1; size >>= 1) shrinker.leaveOut(size)
  while (shrinker.leaveOut(1));
  return shrinker.result()
}

class Shrinker {
  readonly #failing: (plan: Plan) => boolean
  readonly #runsMax: number
  #plan: Plan
  #runs = 0

  constructor(plan: Plan, failing: (plan: Plan) => boolean, runsMax: number) {
    this.#plan = plan
    this.#failing = failing
    this.#runsMax = runsMax
  }

  /** Tries every piece of so many steps, the last first. Whether any could go. */
  leaveOut(size: number): boolean {
    const { length } = this.#plan.steps
    for (let end = length; end > 0 && this.#runs < this.#runsMax; end -= size)
      this.#tryWithout(end - size, end)
    return this.#plan.steps.length < length && this.#runs < this.#runsMax
  }

  result(): Shrunk {
    return { plan: this.#plan, runs: this.#runs, isMinimal: this.#runs < this.#runsMax }
  }

  #tryWithout(start: number, end: number): void {
    const { seed, steps } = this.#plan
    const shorter = { seed, steps: [...steps.slice(0, Math.max(0, start)), ...steps.slice(end)] }
    this.#runs += 1
    if (this.#failing(shorter)) this.#plan = shorter
  }
}

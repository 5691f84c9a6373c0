// One run of a world: an opening in peace if wanted, faults, and a calm end in which everything must come right.
// A plan names the run: its seed and the numbers of the steps that are played while there are faults.

import { mixSeeds } from './world/random.ts'
import type { Statistics, WorldEventKind } from './world/statistics.ts'
import { World, type WorldOptions } from './world/world.ts'

/** Names one run. */
export interface Plan {
  /** 32 bits. */
  readonly seed: number
  /** Numbers of the faulty phase's steps, ascending; each draws its chance from the seed and its own number. */
  readonly steps: readonly number[]
}

/** The plan of a whole run. */
export function wholePlan(seed: number, stepCount: number): Plan {
  return { seed, steps: Array.from({ length: stepCount }, (_, number) => number) }
}

export type Phase = 'opening' | 'faults' | 'calm'

/** A phase that lasts until something holds. */
export interface Until {
  /** Looked at after each step. */
  readonly reached: (world: World) => boolean
  /** Steps; more are a violation. */
  readonly stepsMax: number
  /** Completes "The run did not come to ". */
  readonly what: string
}

/** Shapes a {@link runPlan}. */
export interface RunOptions extends Omit<WorldOptions, 'seed'> {
  readonly plan: Plan
  /** Peace before the first fault; without it faults begin at once. */
  readonly opening?: Until
  /** What must come about once nothing fails any more; without it the run ends with its faults. */
  readonly calm?: Until
  /** Called once, before the first step. */
  readonly begin?: (world: World) => void
  /** Looked at after each step: the first violation ends the run. What it throws is one too. */
  readonly step?: (world: World) => string | undefined
}

/** How a run ended. */
export interface RunResult {
  /** What was violated, or the error that was thrown; `undefined`: nothing. */
  readonly violation: string | undefined
  /** The error that was thrown, with its stack. */
  readonly error: unknown
  readonly phase: Phase
  /** Steps played, in all phases. */
  readonly steps: number
  readonly nowMs: number
  /** Equal runs have equal digests. */
  readonly digest: string
  readonly statistics: Statistics<WorldEventKind>
  readonly trace: readonly string[]
  /** The plan, without the steps behind the violation. */
  readonly plan: Plan
}

const phaseNumbers: Readonly<Record<Phase, number>> = { opening: 1, faults: 2, calm: 3 }

/** Plays a run. The same options give the same result. */
export function runPlan(options: RunOptions): RunResult {
  const run = new Run(options)
  try {
    run.play()
  } catch (error) {
    run.fail(error)
  }
  return run.result()
}

class Run {
  readonly #options: RunOptions
  readonly #world: World
  #phase: Phase = 'opening'
  #steps = 0
  #faultSteps = 0
  #violation: string | undefined
  #error: unknown

  constructor(options: RunOptions) {
    this.#options = options
    this.#world = new World({ ...options, seed: options.plan.seed })
  }

  play(): void {
    const { begin, opening, calm } = this.#options
    begin?.(this.#world)
    if (opening !== undefined) this.#playUntil('opening', opening)
    this.#playFaults()
    if (calm !== undefined) this.#playUntil('calm', calm)
  }

  fail(error: unknown): void {
    this.#error = error
    this.#violation = error instanceof Error ? error.message : String(error)
  }

  result(): RunResult {
    const { seed, steps } = this.#options.plan
    const { nowMs, digest, statistics, trace } = this.#world
    return {
      violation: this.#violation,
      error: this.#error,
      phase: this.#phase,
      steps: this.#steps,
      nowMs,
      digest,
      statistics,
      trace,
      plan: { seed, steps: steps.slice(0, this.#faultSteps) },
    }
  }

  #playFaults(): void {
    if (this.#violation !== undefined) return
    this.#phase = 'faults'
    this.#world.unsettle()
    const seed = this.#seedOf('faults')
    for (const number of this.#options.plan.steps) {
      this.#faultSteps += 1
      this.#playStep(mixSeeds(seed, number))
      if (this.#violation !== undefined) return
    }
  }

  #playUntil(phase: Phase, { reached, stepsMax, what }: Until): void {
    if (this.#violation !== undefined) return
    this.#phase = phase
    this.#world.calm()
    const seed = this.#seedOf(phase)
    for (let number = 0; number < stepsMax; number++) {
      this.#playStep(mixSeeds(seed, number))
      if (this.#violation !== undefined || reached(this.#world)) return
    }
    this.#violation = `The run did not come to ${what} within ${stepsMax} steps.`
  }

  #playStep(seed: number): void {
    this.#world.step(seed)
    this.#steps += 1
    this.#violation = this.#options.step?.(this.#world)
  }

  #seedOf(phase: Phase): number {
    return mixSeeds(this.#options.plan.seed, phaseNumbers[phase])
  }
}

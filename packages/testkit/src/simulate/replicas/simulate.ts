// For users: their own machine, on replicas in a world of faults.

import { QuorateError } from '@quorate/core'
import type { Machine } from '@quorate/core/simulation'
import { type Plan, wholePlan } from '../run.ts'
import { shrink } from '../shrink.ts'
import type { FaultPlan } from '../world/faults.ts'
import { checkOptions } from './check-options.ts'
import { type Played, play } from './play.ts'
import { drawSetting, type Setting, type SettingChoice } from './setting.ts'
import { SimulationFailure } from './simulation-failure.ts'
import { type ClientOptions, ClientsWorkload } from './workload/clients.ts'

export interface SimulateOptions<State, Commands> extends ClientOptions<State, Commands> {
  /** The first seed; 1 by default. */
  readonly seed?: number
  /** How many seeds, from the first on; 1 by default. */
  readonly seeds?: number
  /** Voters; without it drawn from the seed: 3, 5 or 7. */
  readonly nodes?: number
  /** Replicas that do not vote; without it drawn from the seed: 0 to 2. */
  readonly learners?: number
  /** Whether nodes have disks; without it drawn from the seed. */
  readonly disks?: boolean
  /** What goes wrong and how often; what it leaves out is as in `denseFaults`. */
  readonly faults?: Partial<FaultPlan>
  /** Steps of each run's faulty phase; 2,500 by default. */
  readonly steps?: number
  /** The plan of a failure: plays that alone, whatever `seed` and `seeds` say. */
  readonly plan?: Plan
}

/** What came of the runs, when all were well. */
export interface SimulationResult {
  readonly seeds: number
  readonly steps: number
  /** How often each kind of event occurred. */
  readonly events: Readonly<Record<string, number>>
}

const traceLines = 60
const shrinkRunsMax = 300

/**
 * Runs replicas of `machine` on virtual time, over a network with Corosync's semantics: partitions, merges that lose
 * messages, crashes, lost and full disks, hangs, clock jumps, daemon deaths. Each seed is one run: faults, then a calm
 * in which everything must come right. After each step the protocol's invariants are checked, and yours.
 *
 * ```ts
 * import { defineMachine } from '@quorate/core'
 * import { simulate } from '@quorate/testkit'
 *
 * const counter = defineMachine({
 *   name: 'counter',
 *   version: 1,
 *   initial: () => ({ value: 0 }),
 *   reducers: { add: (state, by: number) => (state.value += by) },
 * })
 * simulate(counter, {
 *   seeds: 20,
 *   client({ submit, read, random, waiting }) {
 *     if (waiting > 3) return
 *     if (random.oneIn(2)) submit('add', random.below(10))
 *     else read('value', ({ value }) => value)
 *   },
 *   invariant: (replicas) => replicas.find(({ state }) => state.value < 0) && 'a negative count',
 * })
 * ```
 *
 * The same options give the same runs, on every version of Node. The machine runs guarded, as in development: one that
 * asks for a clock or for chance fails by name.
 *
 * @throws {QuorateError} `BadOption`: what to change
 * @throws {SimulationFailure} names the seed, what was violated, the shortest plan found that still does, and the end of
 *   its trace
 */
export function simulate<State, Commands>(
  machine: Machine<State, Commands>,
  options: SimulateOptions<State, Commands>,
): SimulationResult {
  checkOptions(machine, options)
  const { plan } = options
  const { seed = 1, seeds = 1 } = plan === undefined ? options : { seed: plan.seed }
  const events: Record<string, number> = {}
  let steps = 0
  for (let each = seed; each < seed + seeds; each++) {
    const played = playOnce(machine, options, each, plan)
    if (played.violation !== undefined) throw failure(machine, options, each, played)
    steps += played.steps
    for (const [kind, times] of [...played.statistics.entries(), ...played.events.entries()])
      events[kind] = (events[kind] ?? 0) + times
  }
  return { seeds, steps, events }
}

function playOnce<State, Commands>(
  machine: Machine<State, Commands>,
  options: SimulateOptions<State, Commands>,
  seed: number,
  plan: Plan | undefined,
  lines = 0,
): Played {
  const setting = settingOf(options, seed)
  const played = play({
    machines: [machine as Machine],
    seed,
    setting,
    plan: plan ?? wholePlan(seed, setting.steps),
    workload: (group) => new ClientsWorkload(group, options),
    traceLines: lines,
    ...(options.faults !== undefined && { faults: options.faults }),
  })
  // No seed is to blame.
  if (played.error instanceof QuorateError && played.error.code === 'BadOption') throw played.error
  return played
}

/** The users' replicas run with the policy that needs nothing else, and nobody gives up what was confirmed. */
function settingOf({ nodes, learners, disks, steps }: SettingChoice, seed: number): Setting {
  return drawSetting(seed, {
    nodes,
    learners,
    disks,
    steps,
    policy: 'majority',
    operator: 'never',
    upgrade: false,
    strangers: 0,
  })
}

function failure<State, Commands>(
  machine: Machine<State, Commands>,
  options: SimulateOptions<State, Commands>,
  seed: number,
  played: Played,
): SimulationFailure {
  const failing = (plan: Plan): boolean =>
    playOnce(machine, options, seed, plan).invariant === played.invariant
  const { plan } = shrink(played.plan, failing, shrinkRunsMax)
  const { trace, violation, error } = playOnce(machine, options, seed, plan, traceLines)
  return new SimulationFailure({
    seed,
    plan,
    trace,
    violation: violation ?? String(played.violation),
    cause: error,
  })
}

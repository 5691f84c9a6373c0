// One run of replicas in a world of faults.

import type { Machine, SeededFault } from '@quorate/core/simulation'
import { type Plan, type RunOptions, type RunResult, runPlan, wholePlan } from '../run.ts'
import type { FaultPlan } from '../world/faults.ts'
import type { Statistics } from '../world/statistics.ts'
import type { ReplicaEventKind } from './events/kinds.ts'
import { Fencing } from './fencing.ts'
import { Group } from './group.ts'
import { Operator } from './operator.ts'
import { calmStepsMax, Progress } from './progress.ts'
import { Replica } from './replica.ts'
import { nodeCount, type Setting } from './setting.ts'
import { Strangers } from './strangers.ts'
import { type InvariantName, Violation } from './violation.ts'
import type { Workload } from './workload/workload.ts'

export interface PlayOptions {
  /** In the order of their versions; the last is what there is without an upgrade. */
  readonly machines: readonly Machine[]
  readonly seed: number
  readonly setting: Setting
  readonly workload: (group: Group) => Workload
  /** Which steps of the faulty phase are played; by default all. */
  readonly plan?: Plan
  readonly fault?: SeededFault | null
  readonly faults?: Partial<FaultPlan>
  /** Keep the last so many lines of the trace. */
  readonly traceLines?: number
  /** As {@link RunOptions}. */
  readonly journal?: RunOptions['journal']
}

export interface Played extends RunResult {
  /** Which invariant was violated; `error`: something was thrown that is no violation. */
  readonly invariant: InvariantName | 'error' | undefined
  /** The run ended well, but for the word of an operator (I7's exception). */
  readonly isWaiting: boolean
  readonly events: Statistics<ReplicaEventKind>
}

export function play(options: PlayOptions): Played {
  const { seed, setting, plan = wholePlan(seed, setting.steps), traceLines = 0, faults = {} } = options
  const group = new Group(options.machines, setting, options.fault ?? null, options.workload)
  const replicas = new Map<number, Replica>()
  const fencing = new Fencing(group, replicas)
  const operator = new Operator(group, replicas)
  const strangers = new Strangers(group)
  const progress = new Progress(group, replicas, operator, strangers)
  const result = runPlan({
    plan,
    faults,
    traceLines,
    ...(options.journal && { journal: options.journal }),
    nodes: nodeCount(setting),
    hasDisk: () => setting.disks,
    quorate: (nodeids) => isQuorate(setting, nodeids),
    begin: (world) => {
      fencing.begin(world)
      operator.begin(world)
      strangers.begin(world)
      group.programs.begin(world)
    },
    start: (place) => {
      if (strangers.has(place.nodeid)) return strangers.start(place)
      const replica = Replica.start(place, group)
      replicas.set(place.nodeid, replica)
      return replica
    },
    client: (nodeid, random) => {
      const replica = replicas.get(nodeid)
      if (replica !== undefined) group.workload.act(replica, random)
    },
    disturb: (nodeid, random) => {
      fencing.strike(nodeid, random)
      operator.strike(random)
      group.tuner.strike(replicas.get(nodeid), random)
      // Voters are often upgraded first, so that a learner that was away can be too old.
      group.programs.strike(random.oneIn(2) ? setting.voters.nodeids : [...replicas.keys()], random)
    },
    mayLose: (nodeid) => group.faultModel.mayLose(nodeid),
    memoryLost: (nodeid) => group.faultModel.lost(nodeid),
    step: () => {
      group.workload.look(replicas.values())
      return undefined
    },
    calm: { reached: (world) => progress.reached(world), stepsMax: calmStepsMax, what: 'an agreement' },
  })
  return {
    ...result,
    invariant: invariantOf(result),
    isWaiting: progress.isWaiting,
    events: group.census.statistics,
  }
}

function isQuorate({ voters, quorate }: Setting, nodeids: readonly number[]): boolean {
  const present = voters.nodeids.filter((nodeid) => nodeids.includes(nodeid)).length
  return quorate === 'any' ? present > 0 : 2 * present > voters.nodeids.length
}

/** A run that does not come to its end throws nothing. */
function invariantOf({ violation, error }: RunResult): Played['invariant'] {
  if (violation === undefined) return undefined
  if (error === undefined) return 'I7'
  return error instanceof Violation ? error.invariant : 'error'
}

// A run of replicas in a world of faults.

import { defaultLimits, defaultTimeouts, type SeededFault } from '@quorate/core/simulation'
import { type RunResult, runPlan, wholePlan } from '../run.ts'
import type { World } from '../world/world.ts'
import { Group } from './group.ts'
import { Replica } from './replica.ts'

export interface ReplicaRunOptions {
  readonly seed: number
  readonly voters: number
  readonly learners: number
  readonly disks: boolean
  readonly steps: number
  readonly fault?: SeededFault
  readonly traceLines?: number
}

export interface ReplicaRun extends RunResult {
  readonly counts: ReadonlyMap<string, number>
  readonly group: Group
  readonly replicas: ReadonlyMap<number, Replica>
}

const calmStepsMax = 60_000

export function simulateReplicas(options: ReplicaRunOptions): ReplicaRun {
  const { seed, voters, learners, disks, steps, fault = null } = options
  const nodes = voters + learners
  const nodeids = Array.from({ length: voters }, (_, i) => i + 1)
  const limits = {
    ...defaultLimits,
    batchCommandsMax: 2,
    proposalsInFlightMax: 2,
    retainedEntriesMax: 4 + (seed % 3) * 8,
    chunkBytesMax: 300,
    chunksInFlightMax: 2,
  }
  const group = new Group({
    voters: { nodeids, policy: 'majority' },
    timeouts: defaultTimeouts,
    limits,
    fault,
  })
  const replicas = new Map<number, Replica>()
  const result = runPlan({
    plan: wholePlan(seed, steps),
    nodes,
    hasDisk: () => disks,
    start: (place) => {
      const replica = new Replica(place, group)
      replicas.set(place.nodeid, replica)
      return replica
    },
    client: (nodeid, random) => {
      const replica = replicas.get(nodeid)
      if (random.oneIn(3)) replica?.read()
      else replica?.write(random.oneIn(6) ? 'later' : 'write')
    },
    mayLose: (nodeid) => group.mayLose(nodeid),
    memoryLost: (nodeid) => group.lost(nodeid),
    calm: {
      reached: (world) => converged(world, replicas, nodes) || awaitsOperator(group, replicas),
      stepsMax: calmStepsMax,
      what: 'an agreement',
    },
    ...(options.traceLines !== undefined && { traceLines: options.traceLines }),
  })
  return { ...result, counts: group.counts, group, replicas }
}

/** All voters are here, and still more than one log may hold what was committed: the design's one exception (7). */
function awaitsOperator(group: Group, replicas: ReadonlyMap<number, Replica>): boolean {
  const ambiguous = [...replicas.values()].some(({ state }) => {
    const { obstacle, view } = state
    return view !== null && obstacle?.reason === 'ambiguous' && obstacle.missing.length === 0
  })
  if (ambiguous) group.count('waits for the operator')
  return ambiguous
}

function converged(world: World, replicas: ReadonlyMap<number, Replica>, nodes: number): boolean {
  if (!world.isAtRest || replicas.size < nodes) return false
  const states = [...replicas.values()].map(({ state }) => state)
  const [first] = states
  return [...replicas.values()].every(
    ({ state, openRequests }) =>
      state.active &&
      state.commit === first?.commit &&
      state.commit === state.log.last &&
      state.epoch.ballot.number === first.epoch.ballot.number &&
      openRequests === 0,
  )
}

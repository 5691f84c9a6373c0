// Which faults a run has, how often, and how the run is shaped. Each run draws its own from what the caller allows, and
// leaves some kinds out altogether: runs that differ much from each other find more than runs that have a little of
// everything ("swarm testing").

import { mixSeeds, Random } from './random.ts'

/** Kinds of faults, by weight: how often a fault is of this kind, against the others. 0: never. */
export interface FaultWeights {
  /** The nodes are divided anew into up to three parts that cannot reach each other. */
  readonly partition: number
  /** All nodes reach each other again. */
  readonly heal: number
  /** A node forms a ring of its own although it reaches the others. */
  readonly ringAlone: number
  /** Some nodes no longer hear this one, which hears them; until connectivity changes. Others may pass on what it sent. */
  readonly oneWay: number
  readonly crash: number
  /** The node with its process, daemon, and what was not on the disk. */
  readonly powerLoss: number
  /** Of most nodes at once. */
  readonly massPowerLoss: number
  readonly daemonDeath: number
  /** A process takes nothing for a while; its events wait. */
  readonly hang: number
  readonly slowToSend: number
  readonly slowToReceive: number
  readonly slowDisk: number
  readonly fullDisk: number
  readonly wallJump: number
  readonly drift: number
  /** The caller's own: `WorldOptions.disturb`. */
  readonly disturb: number
}

export type FaultKind = keyof FaultWeights

/** What may go wrong in a world, and how often. */
export interface FaultPlan {
  readonly weights: FaultWeights
  /** A fault comes once in so many busy steps: drawn per run between these. */
  readonly stepsPerFault: readonly [least: number, most: number]
  /** Virtual microseconds of a step: drawn per run from these. */
  readonly stepUs: readonly number[]
  /** Messages accepted and not yet ordered, beyond which `send` refuses: drawn per run from these. */
  readonly queueMessagesMax: readonly number[]
  /** At a merge, once in so many times, a waiting sender's first messages are lost to strangers. 0: never. */
  readonly mergeLossOneIn: number
  /** How many at most. */
  readonly mergeLossMax: number
  /** At an aborted sync, once in so many times, processes of nodes that are gone are listed. 0: never. */
  readonly ghostOneIn: number
  /** At a crash, once in so many times, the disk is lost, if the fault model allows it. 0: never. */
  readonly diskLossOneIn: number
  /** After a power loss, once in so many times, the next process of the node has the process id of the last. 0: never. */
  readonly pidReuseOneIn: number
  /** Whether each run leaves kinds out and makes others more frequent. */
  readonly swarm: boolean
}

/** All faults, dense: ten to a hundred in a run of 2,500 steps. */
export const denseFaults: FaultPlan = {
  weights: {
    partition: 14,
    heal: 4,
    ringAlone: 3,
    oneWay: 3,
    crash: 6,
    powerLoss: 3,
    massPowerLoss: 1,
    daemonDeath: 3,
    hang: 4,
    slowToSend: 3,
    slowToReceive: 3,
    slowDisk: 3,
    fullDisk: 1,
    wallJump: 1,
    drift: 1,
    disturb: 8,
  },
  stepsPerFault: [30, 300],
  stepUs: [50, 200, 500, 1000, 2500],
  queueMessagesMax: [1, 4, 1024, 1024],
  mergeLossOneIn: 2,
  mergeLossMax: 4,
  ghostOneIn: 3,
  diskLossOneIn: 6,
  pidReuseOneIn: 4,
  swarm: true,
}

/** A plan as one run has drawn it. */
export interface Traits extends Omit<FaultPlan, 'stepsPerFault' | 'stepUs' | 'queueMessagesMax' | 'swarm'> {
  readonly stepsPerFault: number
  readonly stepUs: number
  readonly queueMessagesMax: number
}

/** How many times a kind's weight counts in a run. */
const swarmFactors = [0, 1, 1, 4]

export function drawTraits(plan: FaultPlan, seed: number): Traits {
  const random = new Random(mixSeeds(seed, 0x7a17))
  const factor = () => (plan.swarm ? random.pick(swarmFactors) : 1)
  const [least, most] = plan.stepsPerFault
  const weights = Object.fromEntries(
    Object.entries(plan.weights).map(([kind, weight]) => [kind, weight * factor()]),
  )
  return {
    ...plan,
    weights: weights as Record<FaultKind, number>,
    stepsPerFault: least + random.below(most - least + 1),
    stepUs: random.pick(plan.stepUs),
    queueMessagesMax: random.pick(plan.queueMessagesMax),
    mergeLossOneIn: factor() === 0 ? 0 : plan.mergeLossOneIn,
    ghostOneIn: factor() === 0 ? 0 : plan.ghostOneIn,
    diskLossOneIn: factor() === 0 ? 0 : plan.diskLossOneIn,
  }
}

/** Chooses kinds by weight. */
export class FaultDice {
  readonly #kinds: readonly FaultKind[]
  readonly #weights: readonly number[]
  readonly #total: number

  constructor(weights: FaultWeights) {
    this.#kinds = Object.keys(weights) as FaultKind[]
    this.#weights = this.#kinds.map((kind) => weights[kind])
    this.#total = this.#weights.reduce((sum, weight) => sum + weight, 0)
  }

  /** `undefined` when no kind has a weight. */
  throw(random: Random): FaultKind | undefined {
    let left = random.below(this.#total)
    for (const [place, weight] of this.#weights.entries()) {
      left -= weight
      if (left < 0) return this.#kinds[place]
    }
    return undefined
  }
}

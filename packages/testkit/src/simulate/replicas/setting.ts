// How the group of one run is set up. What the caller leaves open is drawn from the seed, so that one range of seeds
// meets small and large groups, disks and none, and limits so small that they are reached.

import {
  defaultLimits,
  defaultTimeouts,
  type Limits,
  type Timeouts,
  type VoterSet,
} from '@quorate/core/simulation'
import { mixSeeds, Random } from '../world/random.ts'

export interface Setting {
  readonly voters: VoterSet
  readonly learners: number
  readonly disks: boolean
  readonly limits: Limits
  readonly timeouts: Timeouts
  /** What the quorum service calls quorate: more than half of the voters, or, as `two_node` does, any. */
  readonly quorate: 'majority' | 'any'
  /** When an operator forces: never, when all voters are here and ask for it, or in haste as well. */
  readonly operator: 'never' | 'asked' | 'hasty'
  /** Nodes behind all others, whose processes are configured wrongly. */
  readonly strangers: number
  /** Nodes begin with the first version of the machine, and get the others one by one. */
  readonly upgrade: boolean
  /** Commands and reads of one replica's clients that wait at a time. */
  readonly waitingMax: number
  /** Steps of the faulty phase. */
  readonly steps: number
}

/** What a caller may fix. */
export interface SettingChoice {
  /** Voters: nodes 1, 2, … */
  readonly nodes?: number | undefined
  /** Nodes behind them that do not vote. */
  readonly learners?: number | undefined
  readonly disks?: boolean | undefined
  readonly policy?: VoterSet['policy'] | undefined
  readonly steps?: number | undefined
  readonly operator?: Setting['operator'] | undefined
  readonly upgrade?: boolean | undefined
  readonly strangers?: number | undefined
}

const defaultSteps = 2500
const nodeCounts = [3, 3, 3, 3, 5, 5, 7]
const learnerCounts = [0, 1, 1, 2]
const votequorumOneIn = 8
const withoutDisksOneIn = 3
const hastyOneIn = 4
const upgradeOneIn = 4
const strangerCounts = [0, 0, 0, 0, 1, 2]

export function drawSetting(seed: number, choice: SettingChoice = {}): Setting {
  const random = new Random(mixSeeds(seed, 0x5e77))
  const nodes = random.pick(nodeCounts)
  const learners = random.pick(learnerCounts)
  const disks = !random.oneIn(withoutDisksOneIn)
  const policy = choice.policy ?? drawPolicy(disks && random.oneIn(votequorumOneIn), choice)
  return {
    voters: { nodeids: Array.from({ length: choice.nodes ?? nodes }, (_, place) => place + 1), policy },
    learners: choice.learners ?? learners,
    disks: policy === 'votequorum' || (choice.disks ?? disks),
    limits: drawLimits(random),
    timeouts: { ...defaultTimeouts, snapshotIdleMs: random.pick([300, defaultTimeouts.snapshotIdleMs]) },
    quorate: policy === 'votequorum' ? random.pick(['majority', 'any', 'any'] as const) : 'majority',
    waitingMax: random.pick([4, 12]),
    operator: choice.operator ?? (random.oneIn(hastyOneIn) ? 'hasty' : 'asked'),
    upgrade: choice.upgrade ?? random.oneIn(upgradeOneIn),
    strangers: choice.strangers ?? random.pick(strangerCounts),
    steps: choice.steps ?? defaultSteps,
  }
}

/** The policy votequorum needs storage. */
function drawPolicy(isVotequorum: boolean, { disks }: SettingChoice): VoterSet['policy'] {
  return isVotequorum && disks !== false ? 'votequorum' : 'majority'
}

export const replicaCount = ({ voters, learners }: Setting): number => voters.nodeids.length + learners

export const nodeCount = (setting: Setting): number => replicaCount(setting) + setting.strangers

function drawLimits(random: Random): Limits {
  return {
    ...defaultLimits,
    batchCommandsMax: random.pick([1, 2, 512]),
    proposalsInFlightMax: random.pick([1, 2, 4]),
    uncommittedEntriesMax: random.pick([4, 16, 256]),
    heldBytesMax: random.pick([250, 1000, defaultLimits.heldBytesMax]),
    retainedEntriesMax: random.pick([4, 12, 20, 10_000]),
    chunkBytesMax: random.pick([100, 300, defaultLimits.chunkBytesMax]),
    chunksInFlightMax: random.pick([1, 2, 4]),
  }
}

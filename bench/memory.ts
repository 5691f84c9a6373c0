// Replicas on three real nodes under full load: whether their memory grows. docs/benchmarks.md says how it is measured.

import { defaultReplicaLimits } from '@quorate/core'
import { CorosyncCluster } from '@quorate/testkit'
import type { Bench, BenchContext, Row } from '../scripts/bench/bench.ts'
import { Samples } from './memory/samples.ts'
import { Members } from './support/replicas/members.ts'

const nodes = [1, 2, 3]
const tokenMs = 1000
const inFlight = 256
const commandBytes = 100
/** Samples are taken between loads of this length: all that was in flight is then done. */
const loadMs = 5000
/** In loads: garbage is collected by force every half minute. */
const collectionInterval = 6

/** What V8 needs to optimise and to find its sizes. */
const warmUpMs = 60_000
/** Until the replicas retain as much of their log as they may, they grow as they should. */
const commitsUntilFull = Math.ceil(defaultReplicaLimits.retainedBytesMax / commandBytes)

export const bench: Bench = {
  description: 'replicas on three real nodes under full load: whether their memory grows',
  needsCluster: true,
  takesMinutes: true,
  async run({ quick, minutes = quick ? 2 : 30, progress }) {
    progress('Starting three nodes ...')
    await using cluster = await CorosyncCluster.start({ nodes: nodes.length, tokenMs })
    const members = new Members(cluster)
    await members.start()
    await warmUp(members, progress)
    const samples = new Samples(cluster, members)
    const perSecond = await measure(members, samples, minutes, progress)
    await members.check()
    await members.end()
    return { rows: [rate('commits_per_s_3x256', perSecond), ...samples.rows()], versions: {} }
  },
}

async function warmUp(members: Members, progress: BenchContext['progress']): Promise<void> {
  progress(`Warming up, for a minute and ${commitsUntilFull} commits ...`)
  const beginMs = performance.now()
  let commits = 0
  while (performance.now() - beginMs < warmUpMs || commits < commitsUntilFull)
    commits += ((await members.loadAll(inFlight, loadMs)) * loadMs) / 1000
}

/** The mean of the commits per second. */
async function measure(
  members: Members,
  samples: Samples,
  minutes: number,
  progress: BenchContext['progress'],
): Promise<number> {
  const beginMs = performance.now()
  const rates: number[] = []
  let [minute, told] = [0, 0]
  while (minute < minutes) {
    await samples.take(minute)
    if (rates.length % collectionInterval === 0) await samples.takeCollected(minute)
    rates.push(await members.loadAll(inFlight, loadMs))
    minute = (performance.now() - beginMs) / 60_000
    if (minute < told + 1) continue
    told = Math.floor(minute)
    progress(`Minute ${told} of ${minutes}: ${rates.at(-1)?.toFixed()} commits/s; ${samples.latest}`)
  }
  await samples.take(minute)
  await samples.takeCollected(minute)
  return rates.reduce((sum, each) => sum + each, 0) / rates.length
}

const rate = (name: string, value: number): Row => ({ name, value, unit: 'commits/s', better: 'higher' })

// The replication core alone: three replicas, the network between them and their callers in one process, on one
// thread. docs/benchmarks.md says how it is measured and what it says.

import type { Bench, Row } from '../scripts/bench/bench.ts'
import { checkGroup, type Load, type Measured, measure, openGroup } from './core/group.ts'
import { median } from './support/statistics.ts'

const loads: readonly (Load & { readonly name: string })[] = [
  { name: '1', clients: 1, inFlight: 1 },
  { name: '256', clients: 1, inFlight: 256 },
  { name: '3x256', clients: 3, inFlight: 256 },
]
const thorough = { rounds: 9, warmUpMs: 3000, measureMs: 1500 }
const quick = { rounds: 3, warmUpMs: 1500, measureMs: 500 }

export const bench: Bench = {
  description: 'replication core: three replicas on the in-memory network in one process, commands of 100 B',
  async run(context) {
    const { rounds, warmUpMs, measureMs } = context.quick ? quick : thorough
    const replicas = await openGroup()
    const results = new Map<string, Measured[]>(loads.map(({ name }) => [name, []]))
    for (const load of loads) await measure(replicas, load, warmUpMs)
    for (let round = 1; round <= rounds; round++) {
      context.progress(`Round ${round} of ${rounds} ...`)
      for (const load of loads) results.get(load.name)?.push(await measure(replicas, load, measureMs))
    }
    await checkGroup(replicas)
    await Promise.all(replicas.map((replica) => replica.close()))
    return { rows: [...results].flatMap(([name, measured]) => rowsOf(name, measured)), versions: {} }
  },
}

function rowsOf(name: string, measured: readonly Measured[]): Row[] {
  const middle = (of: keyof Measured): number => median(measured.map((each) => each[of]))
  return [
    { name: `commits_per_s_${name}`, value: middle('commitsPerSecond'), unit: 'commits/s', better: 'higher' },
    { name: `latency_p50_${name}_us`, value: middle('p50Us'), unit: 'µs', better: 'lower' },
    { name: `latency_p99_${name}_us`, value: middle('p99Us'), unit: 'µs', better: 'lower' },
    { name: `cpu_per_commit_${name}_us`, value: middle('cpuUs'), unit: 'µs', better: 'lower' },
  ]
}

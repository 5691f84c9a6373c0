// The CPG transport against a C program on libcpg: docs/benchmarks.md says how it is measured and what it says.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CorosyncCluster } from '@quorate/testkit'
import type { Bench, BenchContext, BenchResult, Row } from '../scripts/bench/bench.ts'
import { sourceArguments } from '../scripts/root.ts'
import { temporaryFolder } from '../scripts/temporary-folder.ts'
import {
  type Comparison,
  type Contestants,
  compareRoundTrips,
  compareThroughput,
  type Effort,
  type Load,
  type RoundTrips,
} from './transport/compare.ts'
import { type CompiledPeer, compilePeer, run } from './transport/compile.ts'
import { Peers, realTime } from './transport/peers.ts'

const loads: readonly Load[] = [
  { bytes: 64, window: 256 },
  { bytes: 1024, window: 256 },
  { bytes: 16_384, window: 32 },
  { bytes: 262_144, window: 4 },
]
const thorough: Effort = { pairs: 9, warmUpMs: 2000, throughputMs: 1500, roundTripMs: 1000 }
const quick: Effort = { pairs: 3, warmUpMs: 500, throughputMs: 600, roundTripMs: 400 }
const idleWarmUpMs = 2000
const idleMs = { quick: 5000, thorough: 20_000 }

export const bench: Bench = {
  description: 'CPG transport: throughput and round trip against a C program on libcpg; CPU when idle',
  async run(context) {
    const compiled = compilePeer(temporaryFolder('bench'), context.progress)
    context.progress('Starting three nodes ...')
    await using cluster = await CorosyncCluster.start({ nodes: 3 })
    const idle = await idleRow(cluster, context)
    const contestants = await start(cluster, compiled)
    const rows = await compare(contestants, context)
    await Promise.all([contestants.node.end(), contestants.c?.end()])
    return { rows: [...rows, idle], versions: versions(compiled) }
  },
}

const programPath = (name: string): string => fileURLToPath(new URL(`transport/${name}`, import.meta.url))

const nodeCommand = (name: string): string[] => [process.execPath, ...sourceArguments, programPath(name)]

async function start(cluster: CorosyncCluster, compiled: CompiledPeer | undefined): Promise<Contestants> {
  const node = await Peers.start(cluster, [...nodeCommand('peer.ts'), 'node'])
  return { node, c: compiled && (await Peers.start(cluster, [compiled.program, 'c'])) }
}

async function idleRow(cluster: CorosyncCluster, context: BenchContext): Promise<Row> {
  const ms = context.quick ? idleMs.quick : idleMs.thorough
  context.progress(`One idle channel, for ${ms / 1000} s ...`)
  const [program, ...args] = [...nodeCommand('idle.ts'), String(idleWarmUpMs), String(ms)] as [string, ...string[]]
  const { code, stdout, stderr } = await cluster.node(1).exec(program, args, { timeoutMs: 2 * ms + 20_000 })
  if (code !== 0) throw new Error(`The idle channel failed: ${stderr}`)
  return { name: 'idle_cpu_percent', value: Number(stdout), unit: '%', better: 'lower' }
}

async function compare(contestants: Contestants, context: BenchContext): Promise<Row[]> {
  const effort = context.quick ? quick : thorough
  const rows: Row[] = []
  for (const load of loads) {
    context.progress(`${load.bytes} bytes: throughput, ${effort.pairs} pairs ...`)
    rows.push(...throughputRows(load.bytes, await compareThroughput(contestants, load, effort)))
    context.progress(`${load.bytes} bytes: round trips, ${effort.pairs} pairs ...`)
    rows.push(...roundTripRows(load.bytes, await compareRoundTrips(contestants, load.bytes, effort)))
  }
  return rows
}

const bytesPerMegabyte = 1e6

function throughputRows(bytes: number, { node, c, ratio }: Comparison<number>): Row[] {
  const kinds = Object.entries({ node, c })
  const megabytes = (perSecond: number | undefined) => perSecond && (perSecond * bytes) / bytesPerMegabyte
  return [
    ...row(`throughput_ratio_${bytes}`, ratio, '×', 'higher'),
    ...kinds.flatMap(([kind, value]) => row(`throughput_${kind}_${bytes}`, value, 'msg/s', 'higher')),
    ...kinds.flatMap(([kind, value]) =>
      row(`throughput_${kind}_${bytes}_mb`, megabytes(value), 'MB/s', 'higher'),
    ),
  ]
}

function roundTripRows(bytes: number, { node, c, ratio }: Comparison<RoundTrips>): Row[] {
  const kinds = Object.entries({ node, c })
  return [
    ...row(`rtt_p50_ratio_${bytes}`, ratio, '×', 'lower'),
    ...kinds.flatMap(([kind, value]) => row(`rtt_p50_${kind}_${bytes}_us`, value?.p50, 'µs', 'lower')),
    ...kinds.flatMap(([kind, value]) => row(`rtt_p99_${kind}_${bytes}_us`, value?.p99, 'µs', 'lower')),
  ]
}

/** No row for what was not measured. */
function row(name: string, value: number | undefined, unit: string, better: Row['better']): Row[] {
  return value === undefined ? [] : [{ name, value, unit, better }]
}

function versions(compiled: CompiledPeer | undefined): BenchResult['versions'] {
  const ffi = new URL('../packages/corosync-ffi/package.json', import.meta.url)
  const { dependencies } = JSON.parse(readFileSync(ffi, 'utf8')) as { dependencies: { koffi: string } }
  return {
    corosync: /version '(.+)'/.exec(run('corosync', '-v') ?? '')?.[1] ?? 'unknown',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills it in
    libcpg: run('dpkg-query', '--show', '--showformat=${Version}', 'libcpg4') ?? 'unknown',
    koffi: dependencies.koffi,
    gcc: compiled?.gcc ?? 'none',
    scheduling: realTime.join(' ') || 'as any other process',
  }
}

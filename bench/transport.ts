// The CPG transport against a C program on libcpg: docs/benchmarks.md says how it is measured and what it says.

import { readFileSync } from 'node:fs'
import { CorosyncCluster } from '@quorate/testkit'
import type { Bench, BenchContext, BenchResult, Row } from '../scripts/bench/bench.ts'
import { temporaryFolder } from '../scripts/temporary-folder.ts'
import { realTime, sourceCommand } from './support/line-program.ts'
import {
  type Contestants,
  compareRoundTrips,
  compareThroughput,
  type Effort,
  type Kind,
  type Load,
  type Result,
  type RoundTrips,
} from './transport/compare.ts'
import { type CompiledPeer, compilePeer, run } from './transport/compile.ts'
import { Peers } from './transport/peers.ts'

const loads: readonly Load[] = [
  { bytes: 64, window: 256 },
  { bytes: 1024, window: 256 },
  { bytes: 16_384, window: 64 },
  { bytes: 262_144, window: 4 },
]
const thorough: Effort = { rounds: 9, warmUpMs: 2000, throughputMs: 1500, roundTripMs: 1000 }
const quick: Effort = { rounds: 3, warmUpMs: 500, throughputMs: 500, roundTripMs: 300 }
/** From here on the transport packs nothing, and `unpacked` is the same as `node`. */
const packedBytesMax = 16 * 1024
/** V8 tidies up some 8 and 17 s after a program's start, whatever that does: 30 to 100 ms of processor time, once. */
const idleWarmUpMs = { quick: 11_000, thorough: 20_000 }
const idleMs = { quick: 5000, thorough: 20_000 }

export const bench: Bench = {
  description: 'CPG transport: throughput and round trip against a C program on libcpg; CPU when idle',
  needsCluster: true,
  async run(context) {
    const compiled = compilePeer(temporaryFolder('bench'), context.progress)
    context.progress('Starting three nodes ...')
    await using cluster = await CorosyncCluster.start({ nodes: 3 })
    const idle = await idleRow(cluster, context)
    const contestants = await start(cluster, compiled)
    const rows = await compare(contestants, context)
    await Promise.all(Object.values(contestants).map((peers) => peers.end()))
    return { rows: [...rows, idle], versions: versions(compiled) }
  },
}

const nodePeer = new URL('transport/peer.ts', import.meta.url)

async function start(cluster: CorosyncCluster, compiled: CompiledPeer | undefined): Promise<Contestants> {
  const node = await Peers.start(cluster, sourceCommand(nodePeer, 'node'))
  const unpacked = await Peers.start(cluster, sourceCommand(nodePeer, 'unpacked', '0'))
  if (compiled === undefined) return { node, unpacked }
  return { node, unpacked, c: await Peers.start(cluster, [compiled.program, 'c']) }
}

async function idleRow(cluster: CorosyncCluster, context: BenchContext): Promise<Row> {
  const effort = context.quick ? 'quick' : 'thorough'
  const [warmUpMs, ms] = [idleWarmUpMs[effort], idleMs[effort]]
  context.progress(`One idle channel, for ${(warmUpMs + ms) / 1000} s ...`)
  const [program, ...args] = sourceCommand(new URL('transport/idle.ts', import.meta.url))
  const options = { timeoutMs: warmUpMs + ms + 20_000 }
  const { code, stdout, stderr } = await cluster
    .node(1)
    .exec(program, [...args, String(warmUpMs), String(ms)], options)
  if (code !== 0) throw new Error(`The idle channel failed: ${stderr}`)
  return { name: 'idle_cpu_percent', value: Number(stdout), unit: '%', better: 'lower' }
}

async function compare(contestants: Contestants, context: BenchContext): Promise<Row[]> {
  const effort = context.quick ? quick : thorough
  const { unpacked: _, ...whole } = contestants
  const rows: Row[] = []
  for (const load of loads) {
    const { bytes } = load
    context.progress(`${bytes} bytes: throughput, ${effort.rounds} rounds ...`)
    const all = bytes < packedBytesMax ? contestants : whole
    rows.push(...throughputRows(bytes, await compareThroughput(all, load, effort)))
    context.progress(`${bytes} bytes: round trips, ${effort.rounds} rounds ...`)
    rows.push(...roundTripRows(bytes, await compareRoundTrips(whole, bytes, effort)))
  }
  return rows
}

const bytesPerMegabyte = 1e6

/** `throughput_ratio_64` is that of ours as it comes; other kinds stand in the name. */
const ratioName = (what: string, kind: Kind, bytes: number): string =>
  kind === 'node' ? `${what}_ratio_${bytes}` : `${what}_${kind}_ratio_${bytes}`

function throughputRows(bytes: number, results: readonly Result<number>[]): Row[] {
  return results.flatMap(({ kind, figure, ratio }) => [
    ...ratioRow(ratioName('throughput', kind, bytes), kind, ratio, 'higher'),
    { name: `throughput_${kind}_${bytes}`, value: figure, unit: 'msg/s', better: 'higher' },
    {
      name: `throughput_${kind}_${bytes}_mb`,
      value: (figure * bytes) / bytesPerMegabyte,
      unit: 'MB/s',
      better: 'higher',
    },
  ])
}

function roundTripRows(bytes: number, results: readonly Result<RoundTrips>[]): Row[] {
  return results.flatMap(({ kind, figure, ratio }) => [
    ...ratioRow(ratioName('rtt_p50', kind, bytes), kind, ratio, 'lower'),
    { name: `rtt_p50_${kind}_${bytes}_us`, value: figure.p50, unit: 'µs', better: 'lower' },
    { name: `rtt_p99_${kind}_${bytes}_us`, value: figure.p99, unit: 'µs', better: 'lower' },
  ])
}

/** None without C, and none of C with itself. */
function ratioRow(name: string, kind: Kind, ratio: number | undefined, better: Row['better']): Row[] {
  return ratio === undefined || kind === 'c' ? [] : [{ name, value: ratio, unit: '×', better }]
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

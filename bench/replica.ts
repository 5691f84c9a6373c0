// Replicas on three real nodes: how fast they commit, how soon they go on after a crash, how fast a joiner has the state.
// docs/benchmarks.md says how it is measured and what it says.

import { setTimeout as sleep } from 'node:timers/promises'
import { CorosyncCluster } from '@quorate/testkit'
import type { Bench, BenchContext, Row } from '../scripts/bench/bench.ts'
import { temporaryFolder } from '../scripts/temporary-folder.ts'
import { sourceCommand } from './support/line-program.ts'
import type { Measured } from './support/replicas/loads.ts'
import type { Joined } from './support/replicas/member.ts'
import { Members } from './support/replicas/members.ts'
import { median, quantile } from './support/statistics.ts'
import { compilePeer } from './transport/compile.ts'
import { Peers } from './transport/peers.ts'

interface Effort {
  readonly rounds: number
  readonly warmUpMs: number
  readonly measureMs: number
  readonly failovers: number
  readonly stateMegabytes: number
  readonly transfers: number
}

/** V8 has optimised what one command needs only after some ten thousand of them: until then each takes three times as long. */
const thorough: Effort = {
  rounds: 9,
  warmUpMs: 15_000,
  measureMs: 1500,
  failovers: 5,
  stateMegabytes: 200,
  transfers: 5,
}
const quick: Effort = {
  rounds: 3,
  warmUpMs: 5000,
  measureMs: 500,
  failovers: 1,
  stateMegabytes: 50,
  transfers: 1,
}

const commandBytes = 100
const nodes = [1, 2, 3]
/** The caller's node; never the one that dies. */
const caller = 2
/** It coordinates, being the lowest: its death costs the most. */
const victim = 1
const beforeCrashMs = 500
const tokenMs = 1000
/** Of corosync's own: 1.2 times the token timeout, if nothing else is configured. */
const consensusMs = 1200
/** Bytes per megabyte of state that a snapshot has in any case. */
const leastPartOfState = 900_000
const afterCrashMs = tokenMs + consensusMs + 1500

export const bench: Bench = {
  description: 'replicas on three real nodes: commits, failover, state transfer',
  needsCluster: true,
  async run(context) {
    const effort = context.quick ? quick : thorough
    context.progress('Starting three nodes ...')
    await using cluster = await CorosyncCluster.start({ nodes: nodes.length, tokenMs })
    const members = new Members(cluster)
    await members.start()
    const rows = [
      ...(await commits(cluster, members, effort, context)),
      ...(await failovers(cluster, members, effort, context)),
      ...(await transfers(members, effort, context)),
    ]
    await members.check()
    await members.end()
    return { rows, versions: {} }
  },
}

/** Of the raw round trip, where there is no C compiler. */
const nodePeer = sourceCommand(new URL('transport/peer.ts', import.meta.url), 'raw')

/** All loads in turns, and the raw round trip of the same messages among them: what slows the machine slows all. */
async function commits(
  cluster: CorosyncCluster,
  members: Members,
  { rounds, warmUpMs, measureMs }: Effort,
  context: BenchContext,
): Promise<Row[]> {
  const compiled = compilePeer(temporaryFolder('bench'), context.progress)
  const peers = await Peers.start(cluster, compiled === undefined ? nodePeer : [compiled.program, 'raw'])
  context.progress(`Warming up, for ${(2 * warmUpMs) / 1000} s ...`)
  for (const inFlight of [1, 256]) await members.load(caller, inFlight, warmUpMs)
  const measured = {
    raw: [] as number[],
    one: [] as Measured[],
    many: [] as Measured[],
    all: [] as number[],
  }
  for (let round = 1; round <= rounds; round++) {
    context.progress(`Commits, round ${round} of ${rounds} ...`)
    measured.raw.push(quantile(await peers.roundTripsUs(commandBytes, measureMs), 0.5))
    measured.one.push(await members.load(caller, 1, measureMs))
    measured.many.push(await members.load(caller, 256, measureMs))
    measured.all.push(await members.loadAll(256, measureMs))
  }
  await peers.end()
  const { raw, one, many, all } = measured
  return [
    ratio('commit_p50_over_rtt', median(one.map(({ p50Us }, round) => p50Us / (raw[round] as number)))),
    microseconds('commit_p50_us', median(one.map(({ p50Us }) => p50Us))),
    microseconds('commit_p99_us', median(one.map(({ p99Us }) => p99Us))),
    microseconds('rtt_p50_us', median(raw)),
    rate('commits_per_s_1', median(one.map(({ commitsPerSecond }) => commitsPerSecond))),
    rate('commits_per_s_256', median(many.map(({ commitsPerSecond }) => commitsPerSecond))),
    microseconds('commit_p50_256_us', median(many.map(({ p50Us }) => p50Us))),
    microseconds('commit_p99_256_us', median(many.map(({ p99Us }) => p99Us))),
    microseconds('origin_cpu_per_commit_256_us', median(many.map(({ cpuUs }) => cpuUs))),
    rate('commits_per_s_3x256', median(all)),
  ]
}

/** The longest time without a commit that a client of another node saw around a crash. */
async function failovers(
  cluster: CorosyncCluster,
  members: Members,
  { failovers }: Effort,
  { progress }: BenchContext,
): Promise<Row[]> {
  const gapsMs = { process: [] as number[], node: [] as number[] }
  for (let count = 1; count <= failovers; count++) {
    progress(`Crashes of a process and of a node, ${count} of ${failovers} ...`)
    gapsMs.process.push(await gapAround(members, beforeCrashMs, () => members.kill(victim)))
    await members.start([victim])
    const crash = async (): Promise<void> => {
      await Promise.all([cluster.node(victim).daemon.kill(), members.kill(victim)])
    }
    gapsMs.node.push(await gapAround(members, afterCrashMs, crash))
    await cluster.node(victim).daemon.start()
    await cluster.waitForRing(nodes)
    await members.start([victim])
  }
  return [
    milliseconds('failover_process_ms', median(gapsMs.process)),
    milliseconds('failover_process_max_ms', Math.max(...gapsMs.process)),
    milliseconds('failover_node_ms', median(gapsMs.node)),
    milliseconds('failover_node_max_ms', Math.max(...gapsMs.node)),
  ]
}

async function gapAround(members: Members, afterMs: number, crash: () => Promise<void>): Promise<number> {
  const load = members.load(caller, 1, beforeCrashMs + afterMs)
  await sleep(beforeCrashMs)
  await crash()
  return (await load).gapMs
}

/** A replica that has lost everything, while a client of another node goes on. */
async function transfers(
  members: Members,
  { stateMegabytes, transfers, measureMs }: Effort,
  { progress }: BenchContext,
): Promise<Row[]> {
  await members.kill(victim)
  progress(`A state of ${stateMegabytes} MB ...`)
  await members.ask(caller, `fill ${stateMegabytes}`)
  const measured: { readonly readyAfterMs: number; readonly overIdle: number; readonly gapMs: number }[] = []
  for (let count = 1; count <= transfers; count++) {
    progress(`A joiner that has to get it, ${count} of ${transfers} ...`)
    const idle = await members.load(caller, 1, measureMs)
    const [{ p99Us, gapMs }] = await Promise.all([
      members.load(caller, 1, 2 * measureMs),
      members.start([victim]),
    ])
    const { readyAfterMs, snapshotBytes } = await members.ask<Joined>(victim, 'joined')
    if (snapshotBytes < stateMegabytes * leastPartOfState)
      throw new Error(
        `The joiner got ${snapshotBytes} bytes of snapshot: its state came by replaying entries`,
      )
    measured.push({ readyAfterMs, overIdle: p99Us / idle.p99Us, gapMs })
    if (count < transfers) await members.kill(victim)
  }
  const rates = measured.map(({ readyAfterMs }) => (stateMegabytes / readyAfterMs) * 1000)
  return [
    megabytesPerSecond('transfer_mb_per_s', median(rates)),
    megabytesPerSecond('transfer_min_mb_per_s', Math.min(...rates)),
    ratio('transfer_p99_over_idle', median(measured.map(({ overIdle }) => overIdle))),
    milliseconds('transfer_gap_ms', median(measured.map(({ gapMs }) => gapMs))),
  ]
}

const megabytesPerSecond = (name: string, value: number): Row => ({
  name,
  value,
  unit: 'MB/s',
  better: 'higher',
})
const ratio = (name: string, value: number): Row => ({ name, value, unit: '×', better: 'lower' })
const microseconds = (name: string, value: number): Row => ({ name, value, unit: 'µs', better: 'lower' })
const milliseconds = (name: string, value: number): Row => ({ name, value, unit: 'ms', better: 'lower' })
const rate = (name: string, value: number): Row => ({ name, value, unit: 'commits/s', better: 'higher' })

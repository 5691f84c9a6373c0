// Replicas with storages: what durability costs a commit, how soon a replica is back after a restart, and a table of a
// million entries on its way to disk, to a joiner and back. docs/benchmarks.md says how it is measured and what it says.

import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CorosyncCluster } from '@quorate/testkit'
import type { Bench, BenchContext, Row } from '../scripts/bench/bench.ts'
import { temporaryFolder } from '../scripts/temporary-folder.ts'
import type { Restarted } from './storage/restart.ts'
import { LineProgram, sourceCommand } from './support/line-program.ts'
import type { Measured } from './support/replicas/loads.ts'
import type { Joined } from './support/replicas/member.ts'
import { Members } from './support/replicas/members.ts'
import type { TimedSnapshot } from './support/replicas/timed-storage.ts'
import { median } from './support/statistics.ts'

interface Effort {
  readonly rounds: number
  readonly warmUpMs: number
  readonly measureMs: number
  readonly entries: number
  readonly restarts: number
  readonly seats: number
}

const thorough: Effort = {
  ...{ rounds: 9, warmUpMs: 15_000, measureMs: 1500 },
  ...{ entries: 1_000_000, restarts: 3, seats: 1_000_000 },
}
const quick: Effort = {
  ...{ rounds: 3, warmUpMs: 4000, measureMs: 500 },
  ...{ entries: 100_000, restarts: 1, seats: 100_000 },
}

const nodes = [1, 2, 3]
const caller = 2
/** It loses its process, or what it has stored. */
const victim = 1
const tokenMs = 1000
/** A snapshot of the table has more bytes for each entry. */
const leastSeatBytes = 180

const run = promisify(execFile)

export const bench: Bench = {
  description: 'replicas with storages: durable commits, restart with a long log, a large table on disk',
  needsCluster: true,
  async run(context) {
    const effort = context.quick ? quick : thorough
    const folder = temporaryFolder('bench')
    const restarted = await restarts(folder, effort, context)
    context.progress('Starting three nodes ...')
    await using cluster = await CorosyncCluster.start({ nodes: nodes.length, tokenMs })
    const committed = await commits(cluster, folder, effort, context)
    return {
      rows: [...committed, ...restarted, ...(await table(cluster, folder, effort, context))],
      versions: {},
    }
  },
}

/** The same loads with storages and without, and the disk alone, in turns: what slows the machine slows all. */
async function commits(
  cluster: CorosyncCluster,
  folder: string,
  { rounds, warmUpMs, measureMs }: Effort,
  { progress }: BenchContext,
): Promise<Row[]> {
  const durable = new Members(cluster, { group: 'durable', storageFolder: join(folder, 'commits') })
  const volatile = new Members(cluster, { group: 'volatile' })
  const kinds = [durable, volatile]
  for (const members of kinds) {
    await members.start()
    progress(`Warming up, for ${(2 * warmUpMs) / 1000} s ...`)
    for (const inFlight of [1, 256]) await members.load(caller, inFlight, warmUpMs)
  }
  const measured = kinds.map(() => ({ one: [] as Measured[], many: [] as Measured[] }))
  const syncs = new LineProgram(
    cluster.node(caller),
    sourceCommand(new URL('storage/syncs.ts', import.meta.url), folder),
  )
  const [syncUs, besideRingUs]: [number[], number[]] = [[], []]
  for (let round = 1; round <= rounds; round++) {
    progress(`Commits, round ${round} of ${rounds} ...`)
    syncUs.push(Number(await syncs.ask(String(measureMs))))
    const [beside] = await Promise.all([syncs.ask(String(measureMs)), volatile.load(caller, 1, measureMs)])
    besideRingUs.push(Number(beside))
    for (const [kind, members] of kinds.entries()) {
      measured[kind]?.one.push(await members.load(caller, 1, measureMs))
      measured[kind]?.many.push(await members.load(caller, 256, measureMs))
    }
  }
  await syncs.end()
  for (const members of kinds) {
    await members.check()
    await members.end()
  }
  const [onDisk, inMemory] = measured as [(typeof measured)[0], (typeof measured)[0]]
  const extra = onDisk.one.map(
    ({ p50Us }, round) => (p50Us - (inMemory.one[round] as Measured).p50Us) / (syncUs[round] as number),
  )
  return [
    row('durable_extra_syncs', median(extra), 'syncs'),
    row('sync_p50_us', median(syncUs), 'µs'),
    row('sync_beside_ring_p50_us', median(besideRingUs), 'µs'),
    ...rowsOf('durable', onDisk),
    ...rowsOf('volatile', inMemory),
  ]
}

function rowsOf(
  kind: string,
  { one, many }: { readonly one: readonly Measured[]; readonly many: readonly Measured[] },
): Row[] {
  const middle = (measured: readonly Measured[], of: keyof Measured): number =>
    median(measured.map((each) => each[of]))
  return [
    row(`${kind}_p50_us`, middle(one, 'p50Us'), 'µs'),
    row(`${kind}_p99_us`, middle(one, 'p99Us'), 'µs'),
    row(`${kind}_commits_per_s_256`, middle(many, 'commitsPerSecond'), 'commits/s', 'higher'),
    row(`${kind}_p50_256_us`, middle(many, 'p50Us'), 'µs'),
    row(`${kind}_p99_256_us`, middle(many, 'p99Us'), 'µs'),
    row(`${kind}_cpu_per_commit_256_us`, middle(many, 'cpuUs'), 'µs'),
  ]
}

/** Of a log in which each command is an entry. The same one each time: a replica on its own adds an entry to it. */
async function restarts(
  folder: string,
  { entries, restarts }: Effort,
  { progress }: BenchContext,
): Promise<Row[]> {
  const path = join(folder, 'restart')
  progress(`A log of ${entries} entries ...`)
  await restart('fill', path, entries)
  const measured: Restarted[] = []
  for (let count = 1; count <= restarts; count++) {
    progress(`Restarts, ${count} of ${restarts} ...`)
    measured.push(await restart<Restarted>('open', path, entries))
  }
  const middle = (of: keyof Restarted): number => median(measured.map((each) => each[of]))
  return [
    row('restart_s', middle('all'), 's'),
    row('restart_cpu_s', middle('cpu'), 's'),
    row('restart_pages_s', middle('pages'), 's'),
    row('restart_reading_s', middle('reading'), 's'),
    row('restart_applying_s', middle('applying'), 's'),
    row('restart_pause_ms', middle('pause') * 1000, 'ms'),
  ]
}

async function restart<T>(order: 'fill' | 'open', path: string, entries: number): Promise<T> {
  const program = new URL('storage/restart.ts', import.meta.url)
  const [command, ...args] = sourceCommand(program, order, path, String(entries))
  const { stdout } = await run(command, args)
  return JSON.parse(stdout) as T
}

/** To the disk of a replica, from there after a restart, and to a replica that has lost its disk. */
async function table(
  cluster: CorosyncCluster,
  folder: string,
  { seats }: Effort,
  { progress }: BenchContext,
): Promise<Row[]> {
  const members = new Members(cluster, { group: 'seats', storageFolder: join(folder, 'seats'), seats: true })
  await members.start()
  progress(`A table of ${seats} entries ...`)
  await members.ask(caller, `seat ${seats}`)
  progress('Its snapshot, to disk ...')
  const { milliseconds, bytes } = await members.ask<TimedSnapshot>(victim, 'snapshot')
  progress('A restart ...')
  await members.kill(victim)
  await members.start([victim])
  const restored = await members.ask<Joined>(victim, 'joined')
  if (restored.snapshotBytes > 0) throw new Error('After a restart the state came from another replica')
  progress('A joiner whose disk is empty ...')
  await members.kill(victim)
  rmSync(members.storagePath(victim) as string, { recursive: true })
  await members.start([victim])
  const joined = await members.ask<Joined>(victim, 'joined')
  if (Math.min(bytes, joined.snapshotBytes) < seats * leastSeatBytes)
    throw new Error(`The snapshots have ${bytes} bytes, and ${joined.snapshotBytes}: too few for the table`)
  await check(members, seats)
  return [
    row('seats_snapshot_s', milliseconds / 1000, 's'),
    row('seats_restore_s', (restored.openMs + restored.readyAfterMs) / 1000, 's'),
    row('seats_transfer_s', joined.readyAfterMs / 1000, 's'),
  ]
}

async function check(members: Members, seats: number): Promise<void> {
  const sizes = await Promise.all(nodes.map((node) => members.ask<number>(node, 'seats')))
  if (sizes.some((size) => size !== seats)) throw new Error(`The tables have ${sizes} entries, not ${seats}`)
  await members.end()
}

function row(name: string, value: number, unit: string, better: Row['better'] = 'lower'): Row {
  return { name, value, unit, better }
}

// What a replica of a bench is given to do.

import type { Replica } from '@quorate/core'
import { quantile } from '../statistics.ts'
import type { machineOf } from './machine.ts'

export type BenchReplica = Replica<ReturnType<typeof machineOf>>

/** What a load of some milliseconds came to. */
export interface Measured {
  readonly commitsPerSecond: number
  readonly p50Us: number
  readonly p99Us: number
  /** The longest time without a commit. */
  readonly gapMs: number
  /** Processor time of this process, per commit. */
  readonly cpuUs: number
}

/** With its name and lengths, the command has 100 bytes. */
export const text: string = 'x'.repeat(87)

const fillsInFlight = 4
const kilobyte = 1024
const perMegabyte = 1024
const seatsInCommand = 1000

/** `inFlight` callers, each of whom waits for its answer before it submits again. */
export async function load(
  { submit }: BenchReplica,
  inFlight: number,
  milliseconds: number,
): Promise<Measured> {
  const latenciesMs: number[] = []
  const [beginMs, cpu] = [performance.now(), process.cpuUsage()]
  const endMs = beginMs + milliseconds
  let [lastMs, gapMs] = [beginMs, 0]
  const call = async (): Promise<void> => {
    for (let nowMs = performance.now(); nowMs < endMs; ) {
      const sentMs = nowMs
      await submit.write(text)
      nowMs = performance.now()
      latenciesMs.push(nowMs - sentMs)
      gapMs = Math.max(gapMs, nowMs - lastMs)
      lastMs = nowMs
    }
  }
  await Promise.all(Array.from({ length: inFlight }, call))
  const { user, system } = process.cpuUsage(cpu)
  return {
    commitsPerSecond: (latenciesMs.length / (performance.now() - beginMs)) * 1000,
    p50Us: quantile(latenciesMs, 0.5) * 1000,
    p99Us: quantile(latenciesMs, 0.99) * 1000,
    gapMs,
    cpuUs: (user + system) / latenciesMs.length,
  }
}

/** By commands of a megabyte each, 1,024 strings that differ: the log does not retain them all. */
export async function fill(replica: BenchReplica, megabytes: number): Promise<number> {
  let left = megabytes
  await inTurns(fillsInFlight, async () => {
    if (left-- <= 0) return false
    const strings = Array.from({ length: perMegabyte }, (_, place) =>
      `${left}.${place}.`.padEnd(kilobyte, 'x'),
    )
    await replica.submit.fill(strings)
    return true
  })
  return replica.state.ballast.length
}

/** So many entries of the table. */
export async function seat({ submit }: BenchReplica, entries: number): Promise<number> {
  let from = 0
  let size = 0
  await inTurns(fillsInFlight, async () => {
    if (from >= entries) return false
    const count = Math.min(seatsInCommand, entries - from)
    from += count
    size = Math.max(size, await submit.seat({ from: from - count, count }))
    return true
  })
  return size
}

/** `callers` at a time, each of whom calls again and again until it is told that there is no more. */
export async function inTurns(callers: number, call: () => Promise<boolean>): Promise<void> {
  const goOn = async (): Promise<void> => {
    while (await call()) {}
  }
  await Promise.all(Array.from({ length: callers }, goOn))
}

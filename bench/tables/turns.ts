// Turns of the event loop and calls, and what they take. Processor time holds still when other work takes the processors
// away, and the clock does not: of a turn it is that of the thread that runs it, with what the garbage collector does
// there; of all turns and of calls that of the whole process, with the collector's other threads.

import { readFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { quantile } from '../support/statistics.ts'

export interface Turns {
  readonly seconds: number
  readonly cpuSeconds: number
  /** By the clock. */
  readonly longestMs: number
  /** Processor time of the thread, in the turn that took most, and in one of a hundred. */
  readonly longestCpuMs: number
  readonly p99CpuMs: number
}

/** @param turn what is done in each; returns whether it was the last */
export async function takeTurns(turn: () => boolean): Promise<Turns> {
  const [beginMs, beginCpuMs] = [performance.now(), cpuMs()]
  let longestMs = 0
  const eachCpuMs: number[] = []
  for (let isLast = false; !isLast; await nextTurn()) {
    const [turnMs, turnCpuMs] = [performance.now(), threadCpuMs()]
    isLast = turn()
    eachCpuMs.push(threadCpuMs() - turnCpuMs)
    longestMs = Math.max(longestMs, performance.now() - turnMs)
  }
  const seconds = (performance.now() - beginMs) / 1000
  const [longestCpuMs, p99CpuMs] = [quantile(eachCpuMs, 1), quantile(eachCpuMs, 0.99)]
  return { seconds, cpuSeconds: (cpuMs() - beginCpuMs) / 1000, longestMs, longestCpuMs, p99CpuMs }
}

/** Nanoseconds of processor time for each of `count` calls. */
export function cpuNanosecondsEach(count: number, call: (place: number) => unknown): number {
  const beginMs = cpuMs()
  for (let place = 0; place < count; place++) call(place)
  return ((cpuMs() - beginMs) * 1e6) / count
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const schedule = `/proc/self/task/${process.pid}/schedstat`

/** Of the main thread. Linux brings its count up to date when it is asked for that of the process, and else at a tick. */
function threadCpuMs(): number {
  process.cpuUsage()
  return Number(readFileSync(schedule, 'latin1').split(' ')[0]) / 1e6
}

// One replica in a process of its own, on cpgTransport as any user has it. Obeys lines; answers with lines of JSON.
// Argument: the voters, with commas.

import { createInterface } from 'node:readline'
import { openReplica } from '@quorate/core'
import { cpgTransport } from '@quorate/cpg-transport'
import { quantile } from '../statistics.ts'
import { collected, holdings } from './holdings.ts'
import { machine } from './machine.ts'

/** With its name and lengths, the command has 100 bytes. */
const text = 'x'.repeat(87)
const readyTimeoutMs = 120_000
const fillsInFlight = 4
const kilobyte = 1024
const perMegabyte = 1024

const voters = (process.argv[2] ?? '').split(',').map(Number)
// As in production: without the determinism guard.
const replica = await openReplica({
  machine,
  group: 'bench',
  transport: cpgTransport(),
  voters,
  guard: false,
})
const joinedMs = performance.now()
let snapshotBytes = 0
replica.on('catching-up', ({ bytes }) => {
  snapshotBytes = Math.max(snapshotBytes, bytes)
})
await replica.ready({ deadlineMs: readyTimeoutMs })
const joined: Joined = { readyAfterMs: performance.now() - joinedMs, snapshotBytes }

/** How a replica got what the group had. */
export interface Joined {
  /** From its join until it had everything. */
  readonly readyAfterMs: number
  /** Of a snapshot, until shortly before its end; 0: it came by entries alone. */
  readonly snapshotBytes: number
}

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

/** `inFlight` callers, each of whom waits for its answer before it submits again. */
async function load(inFlight: number, milliseconds: number): Promise<Measured> {
  const latenciesMs: number[] = []
  const [beginMs, cpu] = [performance.now(), process.cpuUsage()]
  const endMs = beginMs + milliseconds
  let [lastMs, gapMs] = [beginMs, 0]
  const call = async (): Promise<void> => {
    for (let nowMs = performance.now(); nowMs < endMs; ) {
      const sentMs = nowMs
      await replica.submit.write(text)
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
async function fill(megabytes: number): Promise<number> {
  let left = megabytes
  const callers = Array.from({ length: fillsInFlight }, async () => {
    while (left-- > 0) {
      const strings = Array.from({ length: perMegabyte }, (_, place) =>
        `${left}.${place}.`.padEnd(kilobyte, 'x'),
      )
      await replica.submit.fill(strings)
    }
  })
  await Promise.all(callers)
  return replica.state.ballast.length
}

const commands: Readonly<Record<string, (...values: number[]) => unknown>> = {
  load: (inFlight = 1, milliseconds = 1000) => load(inFlight, milliseconds),
  fill: (megabytes = 1) => fill(megabytes),
  joined: () => joined,
  writes: () => replica.read(({ writes }) => writes),
  holdings,
  collected,
}

console.log('ready')
for await (const line of createInterface(process.stdin)) {
  const [name = '', ...values] = line.split(' ')
  const command = commands[name]
  if (command === undefined) throw new Error(`Not a command: ${line}`)
  console.log(JSON.stringify(await command(...values.map(Number))))
}
await replica.close()
process.exit()

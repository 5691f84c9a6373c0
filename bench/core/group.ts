// Three replicas on the network in memory, in this process, and how fast they are under a load.

import { defineMachine, MemoryNetwork, openReplica, type Replica } from '@quorate/core'
import { quantile } from '../support/statistics.ts'

const machine = defineMachine({
  name: 'bench',
  version: 1,
  initial: () => ({ writes: 0, last: '' }),
  reducers: {
    write(state, text: string) {
      state.writes += 1
      state.last = text
      return state.writes
    },
  },
})

/** With its name and lengths, the command has 100 bytes. */
const text = 'x'.repeat(87)

export type BenchReplica = Replica<typeof machine>

/** Each of `clients` replicas has this many callers, each of whom waits for its answer before it submits again. */
export interface Load {
  readonly clients: number
  readonly inFlight: number
}

export interface Measured {
  readonly commitsPerSecond: number
  readonly p50Us: number
  readonly p99Us: number
  /** Processor time of the whole process, all three replicas, per commit. */
  readonly cpuUs: number
}

const nodes = [1, 2, 3]

/** As in production: without the determinism guard. */
export async function openGroup(): Promise<BenchReplica[]> {
  const network = new MemoryNetwork({ nodes })
  const open = (nodeid: number): Promise<BenchReplica> =>
    openReplica({ machine, group: 'bench', transport: network.node(nodeid), voters: nodes, guard: false })
  const replicas = await Promise.all(nodes.map(open))
  await Promise.all(replicas.map((replica) => replica.ready({ deadlineMs: 10_000 })))
  return replicas
}

export async function measure(
  replicas: readonly BenchReplica[],
  { clients, inFlight }: Load,
  milliseconds: number,
): Promise<Measured> {
  const latenciesMs: number[] = []
  const [startMs, cpu] = [performance.now(), process.cpuUsage()]
  const endMs = startMs + milliseconds
  const callers = replicas
    .slice(0, clients)
    .flatMap((replica) => Array.from({ length: inFlight }, () => call(replica, endMs, latenciesMs)))
  await Promise.all(callers)
  const [passedMs, { user, system }] = [performance.now() - startMs, process.cpuUsage(cpu)]
  return {
    commitsPerSecond: (latenciesMs.length / passedMs) * 1000,
    p50Us: quantile(latenciesMs, 0.5) * 1000,
    p99Us: quantile(latenciesMs, 0.99) * 1000,
    cpuUs: (user + system) / latenciesMs.length,
  }
}

async function call({ submit }: BenchReplica, endMs: number, latenciesMs: number[]): Promise<void> {
  for (let nowMs = performance.now(); nowMs < endMs; ) {
    const sentMs = nowMs
    await submit.write(text)
    nowMs = performance.now()
    latenciesMs.push(nowMs - sentMs)
  }
}

/** All replicas must have applied each commit once. */
export async function checkGroup(replicas: readonly BenchReplica[]): Promise<void> {
  const counts = await Promise.all(replicas.map((replica) => replica.read(({ writes }) => writes)))
  if (new Set(counts).size !== 1) throw new Error(`The replicas applied ${counts}: they must agree`)
}

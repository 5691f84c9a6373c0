// One run: a cluster, a replica on each node, clients on all of them, faults for as long as was asked for, a calm, and the
// verdict. Design: docs/nemesis.md.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SeededFault } from '@quorate/core/simulation'
import { CorosyncCluster } from '../cluster/cluster.ts'
import { type Wait, waitFor } from '../cluster/wait.ts'
import { type Calm, calmDown, untilWhole } from './calm.ts'
import { Clients } from './clients.ts'
import { describeFault, type FaultKind, losesMemory } from './faults.ts'
import { History, type OperationCounts, type Recorded, type Standstill } from './history.ts'
import { instantMs } from './instant.ts'
import { Journal } from './journal.ts'
import { MemoryBudget } from './memory-budget.ts'
import type { ReplicaSettings } from './orders.ts'
import type { TimedReport } from './replica-process.ts'
import { type Episode, Schedule, type Scheduled } from './schedule.ts'
import { Stage } from './stage.ts'
import { judge, type Verdict } from './verdict.ts'

export interface NemesisOptions {
  readonly seed: number
  readonly nodes: number
  /** Of the faulty phase; the episode that is under way then is played to its end. */
  readonly durationMs: number
  /** A program that calls `serveReplica`. */
  readonly program: string
  /** Where each replica has a folder for its storage; `null`: nothing outlives its process. */
  readonly storageFolder: string | null
  /** A rule of the protocol that is switched off in every replica. */
  readonly fault?: SeededFault | undefined
  /** Each fault, and now and then how it goes: a line with its time. */
  readonly log: (line: string) => void
}

export interface NemesisResult extends Verdict {
  readonly seed: number
  readonly nodes: number
  /** Whether replicas had a storage. */
  readonly durable: boolean
  readonly durationMs: number
  readonly operations: OperationCounts
  /** How many of each kind there were; those left out not counted. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>
  /** Faults that would have taken more memories than the budget has. */
  readonly leftOut: number
  /** How often the cluster did not do what it was told. A fault that came to nothing counts among `faults` all the same. */
  readonly troubles: number
  /** The longest time in which no operation succeeded anywhere. */
  readonly standstill: Standstill
  /** How long the replicas took to be current once everything ran; `null`: they were not. */
  readonly convergedMs: number | null
}

/** What helps to understand a failure. */
export interface NemesisEvidence {
  readonly operations: readonly Recorded[]
  /** By name of a file. */
  readonly logs: Readonly<Record<string, string>>
}

const tokenMs = 500
const clientsPerNode = 8
const progressEveryMs = 10_000
const limits = {
  /** Few: who was away for long gets a snapshot, who was not gets entries. */
  retainedEntriesMax: 300,
  /** Many small messages are on their way when something breaks: some come through, and others do not. */
  batchCommandsMax: 2,
  proposalsInFlightMax: 32,
  /** With a storage: a snapshot every few seconds. */
  logBytesMax: 256 * 1024,
}
const readyTimeoutMs = 30_000
/** Long enough for every answer that is to come. */
const hushMs = 300
/**
 * Episodes from one look at all replicas to the next: that a majority commits does not show that nobody is stuck, and the
 * next ring change would free whoever is.
 */
const wholeEvery = 4
/** Far longer than a busy machine needs. */
const commitTimeoutMs = 60_000

/**
 * Runs the nemesis once.
 *
 * @throws {Error} the cluster cannot be started
 */
export async function runNemesis(
  options: NemesisOptions,
): Promise<{ result: NemesisResult; evidence: NemesisEvidence }> {
  const cluster = await CorosyncCluster.start({ nodes: options.nodes, tokenMs, realtime: false })
  try {
    const run = new NemesisRun(cluster, options)
    const result = await run.play()
    await run.close()
    return { result, evidence: run.evidence() }
  } finally {
    await cluster.close()
  }
}

class NemesisRun {
  readonly #cluster: CorosyncCluster
  readonly #options: NemesisOptions
  readonly #stage: Stage
  readonly #budget: MemoryBudget
  readonly #journal: Journal
  readonly #counts = new Map<FaultKind, number>()
  #clients: Clients | undefined
  #leftOut = 0
  #troubles = 0
  #history = new History(instantMs())

  constructor(cluster: CorosyncCluster, options: NemesisOptions) {
    this.#cluster = cluster
    this.#journal = new Journal(options.log)
    this.#options = options
    const { nodes, program } = options
    this.#budget = new MemoryBudget(nodes)
    this.#stage = new Stage(cluster, {
      program,
      settingsOf: (node) => this.#settingsOf(node),
      onReport: (node, report) => this.#hear(node, report),
      onCrash: (node, lastWords) =>
        this.#journal.blame(`The replica on node ${node} ended by itself. ${lastWords}`),
      onTrouble: (error) => this.#meetTrouble(error),
    })
  }

  async play(): Promise<NemesisResult> {
    if (!(await this.#untilReady())) return this.#result(null)
    this.#journal.begin()
    this.#history = new History(this.#journal.beginMs)
    const clients = new Clients({
      ...{ nodes: this.#nodes, perNode: clientsPerNode, seed: this.#options.seed, history: this.#history },
      replica: (node) => this.#stage.replica(node),
      onFailure: (error) => this.#journal.blame(error.message),
    })
    this.#clients = clients
    await this.#playFaults(clients)
    // A group that has lost a replica for good does not become whole.
    return this.#result(this.#journal.isFine ? await this.#calm(clients) : null)
  }

  async close(): Promise<void> {
    await this.#stage.close()
    // Whoever still waited for an answer has none to come.
    await this.#clients?.stop()
  }

  evidence(): NemesisEvidence {
    const logs: Record<string, string> = { 'nemesis.log': this.#journal.lines.join('\n') }
    for (const node of this.#cluster.nodes) logs[`corosync-${node.id}.log`] = node.log()
    return { operations: this.#history.operations, logs }
  }

  get #durable(): boolean {
    return this.#options.storageFolder !== null
  }

  get #nodes(): number[] {
    return this.#cluster.nodes.map(({ id }) => id)
  }

  /** Half of the nodes pack small messages into one, as is usual. */
  #settingsOf(node: number): ReplicaSettings {
    const { fault, storageFolder } = this.#options
    return {
      ...{ group: 'nemesis', voters: this.#nodes, limits },
      ...(node % 2 === 1 && { packBytesMax: 0 }),
      ...(storageFolder !== null && { storagePath: join(storageFolder, `node-${node}`) }),
      ...(fault !== undefined && { fault }),
    }
  }

  async #untilReady(): Promise<boolean> {
    const beginning = this.#stage.replicas.map((replica) =>
      replica.waitForStanding('current at the beginning', ({ primary }) => primary, readyTimeoutMs),
    )
    try {
      await Promise.all(beginning)
      return true
    } catch (error) {
      this.#journal.blame((error as Error).message)
      return false
    }
  }

  async #playFaults(clients: Clients): Promise<void> {
    const { seed, nodes, durationMs } = this.#options
    const progress = setInterval(() => this.#tellProgress(), progressEveryMs)
    const schedule = new Schedule(seed, nodes, { durable: this.#durable })
    try {
      for (let episodes = 1; this.#journal.nowMs < durationMs && this.#journal.isFine; episodes++) {
        await this.#untilCommit()
        if (episodes % wholeEvery === 0 && this.#journal.isFine) await untilWhole(this.#stage)
        const episode = schedule.next()
        await sleep(episode.pauseMs)
        await this.#play(episode, clients)
        clients.rest([])
      }
    } catch (error) {
      this.#journal.blame((error as Error).message)
    } finally {
      clearInterval(progress)
    }
  }

  /** An episode that meets a group at work does more than one that meets a group at a standstill. */
  async #untilCommit(): Promise<void> {
    const calmSince = instantMs()
    const commit: Wait<true> = {
      what: 'a commit after all faults had ended',
      timeoutMs: commitTimeoutMs,
      look: () => (this.#history.lastOkAt > calmSince || !this.#journal.isFine ? true : undefined),
      seen: () => this.#journal.lines.slice(-30).join('\n'),
    }
    try {
      await waitFor(commit)
    } catch {
      // On a machine with too much to do corosync itself comes to nothing: from its ring on they have their time again.
      await this.#stage.untilRing()
      this.#journal.tell(`(${commitTimeoutMs / 1000} s without a commit; corosync has one ring now)`)
      await waitFor(commit)
    }
  }

  async #play({ resting, faults }: Episode, clients: Clients): Promise<void> {
    if (resting.length > 0) {
      clients.rest(this.#nodes)
      await sleep(hushMs)
    }
    const beginMs = this.#journal.nowMs
    for (const scheduled of faults) {
      await sleep(Math.max(0, beginMs + scheduled.beginMs - this.#journal.nowMs))
      this.#begin(scheduled)
      clients.rest(resting)
    }
    const endMs = Math.max(...faults.map((each) => each.beginMs + each.lastsMs))
    await sleep(Math.max(0, beginMs + endMs - this.#journal.nowMs))
  }

  #begin({ fault, lastsMs }: Scheduled): void {
    const what = describeFault(fault)
    if (!this.#durable && losesMemory(fault) && !this.#budget.spend(fault.node)) {
      this.#leftOut += 1
      this.#journal.tell(`(${what} is left out: node ${this.#budget.blank.join(', ')} has lost its memory)`)
      return
    }
    this.#counts.set(fault.kind, (this.#counts.get(fault.kind) ?? 0) + 1)
    this.#journal.tell(`${what} for ${(lastsMs / 1000).toFixed(2)} s`)
    this.#stage.begin(fault)
    setTimeout(() => this.#stage.end(fault), lastsMs)
  }

  async #calm(clients: Clients): Promise<Calm | null> {
    this.#journal.tell('calm: all faults end')
    try {
      const calm = await calmDown(this.#stage, clients)
      this.#journal.violations.push(...calm.violations)
      return calm
    } catch (error) {
      this.#journal.blame((error as Error).message)
      return null
    }
  }

  #result(calm: Calm | null): NemesisResult {
    const { seed, nodes, durationMs } = this.#options
    const verdict = calm && judge(this.#history.operations, calm)
    const violations = [...this.#journal.violations, ...(verdict?.violations ?? [])]
    return {
      ...{ seed, nodes, durationMs, violations, durable: this.#durable },
      verdict: this.#journal.violations.length > 0 ? 'violation' : (verdict?.verdict ?? 'violation'),
      operations: this.#history.counts,
      faults: Object.fromEntries(this.#counts),
      ...{ leftOut: this.#leftOut, troubles: this.#troubles },
      standstill: this.#history.standstill(calm?.atMs ?? instantMs()),
      convergedMs: calm?.convergedMs ?? null,
    }
  }

  #meetTrouble({ message }: Error): void {
    this.#troubles += 1
    this.#journal.tell(`trouble: ${message}`)
  }

  #hear(node: number, { event, text }: TimedReport): void {
    this.#journal.note(`node ${node}: ${event} ${text}`)
    if (event === 'current' && !this.#isForgetting(node)) this.#budget.restored(node)
    if (event === 'diverged' || event === 'stopped')
      this.#journal.blame(`The replica on node ${node} has ${event}: ${text}`)
  }

  /** What is to be killed may have caught up: that is not for long. */
  #isForgetting(node: number): boolean {
    return this.#stage.faults.some((fault) => losesMemory(fault) && fault.node === node)
  }

  #tellProgress(): void {
    const { ok, failed, unknown } = this.#history.counts
    const { lastsMs } = this.#history.standstill(instantMs())
    this.#journal.tell(
      `${ok} operations ok, ${failed} failed, ${unknown} open or unknown; ` +
        `longest without a commit ${(lastsMs / 1000).toFixed(1)} s`,
    )
  }
}

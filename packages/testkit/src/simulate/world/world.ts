// A cluster in one process, on virtual time: nodes with corosync's semantics between them, disks, clocks, and faults.
// Each step draws its chance from a seed of its own, so that steps can be left out of a run without changing the chance
// of the others (shrink.ts). Design: docs/protocol.md, sections 1 and 14.

import type { DiskJournal } from './disk-journal.ts'
import { Environment } from './environment.ts'
import { denseFaults, drawTraits, type FaultKind, type FaultPlan } from './faults.ts'
import { Incidents } from './incidents.ts'
import { Network } from './network.ts'
import { Node } from './node.ts'
import { bitOf } from './packet.ts'
import type { StartSubject } from './place.ts'
import type { Random } from './random.ts'
import type { Sabotage } from './sabotage.ts'
import { type Action, Scheduler } from './scheduler.ts'
import type { Statistics, WorldEventKind } from './statistics.ts'

/** Shapes a {@link World}. The same options give the same run. */
export interface WorldOptions {
  /** 32 bits. */
  readonly seed: number
  /** Their number, 1 to 30; the node ids are 1 to this. */
  readonly nodes: number
  /** Starts a process on a node; called again after each crash. */
  readonly start: StartSubject
  /** What may go wrong; what it leaves out is as in {@link denseFaults}. */
  readonly faults?: Partial<FaultPlan>
  /** Whether a node has a disk; by default each has. */
  readonly hasDisk?: (nodeid: number) => boolean
  /** Of a node's disk, to be kept; asked once for each disk. */
  readonly journal?: (nodeid: number) => DiskJournal
  /** What the quorum service says of a ring of these nodes; by default whether they are more than half of all. */
  readonly quorate?: (nodeids: readonly number[]) => boolean
  /** The node's client may submit something; called only while a process runs that does not hang, never when calm. */
  readonly client?: (nodeid: number, random: Random) => void
  /** A moment for the caller's own faults, under the same conditions. */
  readonly disturb?: (nodeid: number, random: Random) => void
  /** The fault model's bound: whether this node may lose its memory now. By default it may. */
  readonly mayLose?: (nodeid: number) => boolean
  /** This node has lost its memory: its disk, or, where it has none, its process. */
  readonly memoryLost?: (nodeid: number) => void
  /** A process has ended itself (`Place.exit`). */
  readonly exited?: (nodeid: number, error: Error) => void
  /** Keep the last so many lines of the trace; 0 (default): none. */
  readonly traceLines?: number
  /** Makes the world itself break its promises: for the test of the checks. */
  readonly sabotage?: Sabotage
}

const neverMind = (): void => {}

export class World {
  readonly #environment: Environment
  readonly #nodes: readonly Node[]
  readonly #network: Network
  readonly #incidents: Incidents
  readonly #scheduler: Scheduler

  /**
   * All nodes run, each in a ring of its own, calm.
   *
   * @throws {RangeError} the number of nodes is not 1 to 30
   */
  constructor(options: WorldOptions) {
    if (!(Number.isInteger(options.nodes) && options.nodes >= 1 && options.nodes <= 30)) {
      throw new RangeError(`nodes is ${options.nodes}; give it a whole number from 1 to 30.`)
    }
    const traits = drawTraits({ ...denseFaults, ...options.faults }, options.seed)
    this.#environment = new Environment(traits, options.traceLines ?? 0)
    const quorate = options.quorate ?? ((nodeids) => 2 * nodeids.length > options.nodes)
    this.#nodes = this.#makeNodes(options, quorate)
    const daemons = this.#nodes.map(({ daemon }) => daemon)
    this.#network = new Network(this.#environment, daemons, quorate)
    this.#incidents = new Incidents(this.#environment, this.#nodes, this.#network, options.disturb)
    this.#scheduler = new Scheduler(
      this.#environment,
      this.#nodes,
      this.#network,
      this.#incidents,
      options.client,
    )
    for (const node of this.#nodes) node.start()
  }

  /** Milliseconds since the beginning, virtual. */
  get nowMs(): number {
    return this.#environment.nowUs / 1000
  }

  get statistics(): Statistics<WorldEventKind> {
    return this.#environment.statistics
  }

  /** Of all that happened so far; equal runs have equal digests, on every version of Node. */
  get digest(): string {
    return this.#environment.trace.digest
  }

  /** The last lines of the trace, as many as `traceLines` asked for. */
  get trace(): readonly string[] {
    return this.#environment.trace.lines()
  }

  /** Plays one step; all its chance comes from `seed`. */
  step(seed: number): void {
    this.#environment.random.restart(seed)
    this.#environment.trace.mix(seed, this.#environment.nowUs)
    this.#scheduler.step()
  }

  /** Mends everything, and lets nothing break: all nodes reach each other, what is down begins anew. */
  calm(): void {
    this.#environment.calm = true
    this.#environment.note(() => 'calm')
    this.#incidents.mendAll()
  }

  /** Lets faults happen. */
  unsettle(): void {
    this.#environment.calm = false
  }

  /** For directed scenarios: one action of a node; whether there was anything to do. */
  act(action: Action, nodeid: number): boolean {
    return this.#scheduler.act(action, this.#place(nodeid))
  }

  /** For directed scenarios and the caller's own faults: one fault. Kinds that concern no node ignore the node. */
  cause(kind: FaultKind, nodeid: number): void {
    this.#incidents.cause(kind, this.#node(nodeid))
  }

  /** Nodes reach each other when they have the same number, by node id from 1. */
  partition(parts: readonly number[]): void {
    this.#network.divide(parts)
  }

  /** Whether a process runs on the node. */
  isRunning(nodeid: number): boolean {
    return this.#node(nodeid).process !== null
  }

  /** Whether a process runs on the node and does not hang. */
  isResponsive(nodeid: number): boolean {
    const { process } = this.#node(nodeid)
    return process !== null && process.hungUntilUs <= this.#environment.nowUs
  }

  /** The nodes of the ring in which the node is; none while its daemon is down. */
  ringOf(nodeid: number): readonly number[] {
    const { alive, ring } = this.#node(nodeid).daemon
    if (!alive) return []
    return this.#nodes.flatMap((node) => ((ring.nodes & bitOf(node.nodeid)) === 0 ? [] : [node.nodeid]))
  }

  /** Whether all nodes are in one ring, have heard so, and nothing is under way. */
  get isAtRest(): boolean {
    const [first] = this.#nodes
    return this.#nodes.every(
      ({ daemon, process, disk }) =>
        daemon.synced &&
        daemon.ring === first?.daemon.ring &&
        daemon.outgoing.length === 0 &&
        daemon.next === daemon.ring.packets.length &&
        process?.isIdle === true &&
        disk?.idle !== false,
    )
  }

  #makeNodes(options: WorldOptions, quorate: (nodeids: readonly number[]) => boolean): readonly Node[] {
    const { seed, start, hasDisk, sabotage = null } = options
    const memory = {
      mayLose: options.mayLose ?? (() => true),
      lost: options.memoryLost ?? neverMind,
      exited: options.exited ?? neverMind,
    }
    return Array.from({ length: options.nodes }, (_, place) => {
      const nodeid = place + 1
      const disk = hasDisk?.(nodeid) ?? true
      const journal = (disk && options.journal?.(nodeid)) || null
      const own = { seed, start, hasDisk: disk, journal, memory, quorate, sabotage }
      return new Node(nodeid, this.#environment, own)
    })
  }

  #node(nodeid: number): Node {
    return this.#nodes[this.#place(nodeid)] as Node
  }

  #place(nodeid: number): number {
    if (this.#nodes[nodeid - 1] === undefined) {
      throw new RangeError(`There is no node ${nodeid}; the ids are 1 to ${this.#nodes.length}.`)
    }
    return nodeid - 1
  }
}

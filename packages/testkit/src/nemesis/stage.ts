// The cluster and its replicas under the faults in force: each part is steered to what they make of it together.

import type { CorosyncCluster } from '../cluster/cluster.ts'
import { connectedGroups, type NodeCondition, nodeCondition, type ProcessCondition } from './condition.ts'
import type { Fault, LinkFault } from './faults.ts'
import { bringInto } from './power.ts'
import type { ReplicaProcess } from './replica-process.ts'
import { ReplicaSlot, type ReplicaSlotOptions } from './replica-slot.ts'
import { Steered } from './steered.ts'

/** One node's parts. */
interface NodeParts {
  readonly slot: ReplicaSlot
  readonly daemon: Steered<ProcessCondition>
  readonly replica: Steered<ProcessCondition>
  readonly link: Steered<LinkFault | null>
}

export interface StageOptions extends ReplicaSlotOptions {
  /** The cluster did not do what it was told: a daemon that does not start, say. */
  readonly onTrouble: (error: Error) => void
}

/** Where there is much else to do, corosync itself needs long. */
const ringTimeoutMs = 180_000

export class Stage {
  readonly #cluster: CorosyncCluster
  readonly #nodes: readonly number[]
  readonly #parts: ReadonlyMap<number, NodeParts>
  readonly #network: Steered<readonly (readonly number[])[]>
  #faults: readonly Fault[] = []

  /** Starts a replica on each node. */
  constructor(cluster: CorosyncCluster, options: StageOptions) {
    this.#cluster = cluster
    this.#nodes = cluster.nodes.map(({ id }) => id)
    this.#parts = new Map(this.#nodes.map((id) => [id, nodeParts(cluster, id, options)]))
    const connect = (groups: readonly (readonly number[])[]): Promise<void> => cluster.partition(groups)
    this.#network = new Steered<readonly (readonly number[])[]>([this.#nodes], connect, options.onTrouble)
  }

  /** In force, in the order of their beginnings. */
  get faults(): readonly Fault[] {
    return this.#faults
  }

  get replicas(): ReplicaProcess[] {
    return [...this.#parts.values()].map(({ slot }) => slot.process)
  }

  /** The process on a node that runs now, or that ran last. */
  replica(node: number): ReplicaProcess {
    return (this.#parts.get(node) as NodeParts).slot.process
  }

  begin(fault: Fault): void {
    this.#faults = [...this.#faults, fault]
    this.#steer()
  }

  end(fault: Fault): void {
    this.#faults = this.#faults.filter((other) => other !== fault)
    this.#steer()
  }

  /**
   * Until corosync has one ring of all nodes: sooner the replicas owe nothing.
   *
   * @throws {Error} it comes to none, with all faults over
   */
  untilRing(): Promise<void> {
    return this.#cluster.waitForRing(this.#nodes, { timeoutMs: ringTimeoutMs })
  }

  /** Ends all faults, and starts what has ended by itself. Fulfilled when everything runs. */
  async calm(): Promise<void> {
    this.#faults = []
    this.#network.renew([this.#nodes])
    for (const [id, { daemon, replica, link }] of this.#parts) {
      const condition = nodeCondition(id, [])
      daemon.renew(condition.daemon)
      replica.renew(condition.replica)
      link.renew(condition.link)
    }
    await this.settled()
  }

  /** Fulfilled when no part moves any more. */
  async settled(): Promise<void> {
    await this.#network.settled()
    for (const { daemon, replica, link } of this.#parts.values())
      await Promise.all([daemon.settled(), replica.settled(), link.settled()])
  }

  /** Kills the replicas: what ends from here on is no crash. */
  async close(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.kill()))
  }

  #steer(): void {
    this.#network.want(connectedGroups(this.#nodes, this.#faults))
    for (const [id, parts] of this.#parts) want(parts, nodeCondition(id, this.#faults))
  }
}

function want(parts: NodeParts, { daemon, replica, link }: NodeCondition): void {
  parts.daemon.want(daemon)
  parts.replica.want(replica)
  parts.link.want(link)
}

function nodeParts(cluster: CorosyncCluster, id: number, options: StageOptions): NodeParts {
  const { onTrouble } = options
  const node = cluster.node(id)
  const slot = new ReplicaSlot(node, options)
  const impair = (link: LinkFault | null): Promise<void> =>
    link === null ? cluster.unimpair([id]) : cluster.impair({ ...link, from: [id] })
  return {
    slot,
    daemon: new Steered<ProcessCondition>('running', (to) => bringInto(node.daemon, to), onTrouble),
    replica: new Steered<ProcessCondition>('running', (to) => bringInto(slot, to), onTrouble),
    link: new Steered<LinkFault | null>(null, impair, onTrouble),
  }
}

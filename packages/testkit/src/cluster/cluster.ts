// Real corosync daemons on one machine, a network namespace each, for tests of what runs on them.

import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { type CorosyncConf, formatCorosyncConf } from '@quorate/cmap-config'
import { nodesMax } from './addresses.ts'
import { isRingOf, waitForRings } from './agreement.ts'
import { clusterUnavailable } from './availability.ts'
import { authkeyFile, type ConfOptions, confFile, corosyncConf, isQuorum } from './corosync-files.ts'
import { chooseImpairer, completeImpairment, type Impairer, type Impairment } from './impairment.ts'
import { closeMachines, type Machines, startMachines } from './machines.ts'
import { Network } from './network.ts'
import { ClusterNode } from './node.ts'

const waitTimeoutMs = 15_000

/** What cluster to start. */
export interface ClusterOptions extends Partial<ConfOptions> {
  /** How many nodes, 1 to 128; their nodeids count from 1. */
  readonly nodes: number
  /** The nodes whose daemon is started; all by default. The others have everything but a running daemon. */
  readonly daemons?: readonly number[]
  /** Changes each node's configuration before the daemons start. */
  readonly configure?: (conf: CorosyncConf, nodeid: number) => void
}

/** What to impair, and how. */
export interface ImpairOptions extends Impairment {
  /** The nodes whose sending is impaired; all by default. */
  readonly from?: readonly number[]
}

/** How long to wait for a state of the cluster. */
export interface WaitOptions {
  /** 15,000 by default. */
  readonly timeoutMs?: number
}

/**
 * A cluster of corosync daemons, each in a network namespace of its own on this machine.
 *
 * Nothing of it has a name outside: several clusters can run at once, and when this process ends, in whatever way,
 * the kernel ends the cluster's processes and removes its networks and files.
 */
export class CorosyncCluster {
  /** All nodes, by nodeid. */
  readonly nodes: readonly ClusterNode[]
  readonly #machines: Machines
  readonly #network: Network
  /** Chosen with the first impairment: finding out what the kernel can takes a moment. */
  #impairer: Promise<Impairer> | undefined
  #closing: Promise<void> | undefined

  private constructor(machines: Machines, network: Network) {
    this.#machines = machines
    this.#network = network
    this.nodes = [...machines.nodes].map(([id, namespace]) => new ClusterNode(id, namespace))
  }

  /**
   * Starts a cluster; fulfilled when all started daemons are in one ring and, if their votes suffice, quorate.
   *
   * @throws {Error} this machine cannot (see `clusterUnavailable`), or a daemon does not start; nothing is left then
   */
  static async start(options: ClusterOptions): Promise<CorosyncCluster> {
    const reason = clusterUnavailable()
    if (reason !== null) throw new Error(`No cluster can be started here: ${reason}`)
    const ids = nodeids(options.nodes)
    const machines = await startMachines(ids)
    try {
      const cluster = new CorosyncCluster(machines, await Network.connect(machines))
      await cluster.#startDaemons(ids, options)
      return cluster
    } catch (error) {
      await closeMachines(machines)
      throw error
    }
  }

  /**
   * The node with this nodeid.
   *
   * @throws {RangeError} there is none
   */
  node(id: number): ClusterNode {
    const node = this.nodes[id - 1]
    if (node === undefined)
      throw new RangeError(`There is no node ${id}; nodeids are 1 to ${this.nodes.length}.`)
    return node
  }

  /**
   * Splits the network: nodes of one group reach one another and nobody else; a node in no group is alone.
   * Replaces every partition and block before.
   */
  async partition(groups: readonly (readonly number[])[]): Promise<void> {
    const groupOf = (id: number): number => groups.findIndex((group) => group.includes(id))
    for (const id of groups.flat()) this.node(id)
    await this.#network.setBlocked((from, to) => groupOf(from) !== groupOf(to) || groupOf(from) === -1)
  }

  /** From now on nothing that `from` sends reaches `to`; the other direction stays as it is. */
  async block(from: number, to: number): Promise<void> {
    await this.#setDirection(from, to, true)
  }

  /** Opens one direction again. */
  async unblock(from: number, to: number): Promise<void> {
    await this.#setDirection(from, to, false)
  }

  /** Ends every partition and block. Impairments stay. */
  async heal(): Promise<void> {
    await this.#network.setBlocked(() => false)
  }

  /**
   * Delays or loses what the nodes `from` (all by default) send to their peers; replaces what they had before. What
   * they receive is not touched: with all nodes impaired, a round trip takes twice `delayMs`.
   *
   * @throws {RangeError} a negative time, or a ratio outside of 0 to 1
   */
  async impair({ from = this.#ids, ...impairment }: ImpairOptions): Promise<void> {
    const complete = completeImpairment(impairment)
    this.#impairer ??= chooseImpairer(this.#network)
    const impairer = await this.#impairer
    await Promise.all(from.map((id) => impairer.impair(this.node(id).id, complete)))
  }

  /** Ends the impairment of the nodes `from` (all by default). */
  async unimpair(from: readonly number[] = this.#ids): Promise<void> {
    const impairer = await this.#impairer
    await Promise.all(from.map((id) => impairer?.clear(this.node(id).id)))
  }

  /**
   * Waits until the named nodes agree on one ring with exactly these members.
   *
   * @throws {Error} not in time; holds what each of them says and the end of its log
   */
  async waitForRing(ids: readonly number[], options: WaitOptions = {}): Promise<void> {
    await waitForRings({
      what: `a ring of exactly ${ids.join(', ')}`,
      nodes: ids.map((id) => this.node(id)),
      timeoutMs: options.timeoutMs ?? waitTimeoutMs,
      holds: (statuses) => isRingOf(statuses, ids),
    })
  }

  /** Waits until each of the named nodes (all by default) is quorate. Errors as with `waitForRing`. */
  async waitForQuorate(ids: readonly number[] = this.#ids, options: WaitOptions = {}): Promise<void> {
    await this.#waitForQuorum(ids, true, options)
  }

  /** Waits until each of the named nodes (all by default) is up and not quorate. Errors as with `waitForRing`. */
  async waitForInquorate(ids: readonly number[] = this.#ids, options: WaitOptions = {}): Promise<void> {
    await this.#waitForQuorum(ids, false, options)
  }

  /** Changes the configuration of every node; see `ClusterNode.configure`. */
  configure(edit: (conf: CorosyncConf, nodeid: number) => void): void {
    for (const node of this.nodes) node.configure((conf) => edit(conf, node.id))
  }

  /** Ends everything that runs in the cluster, at once and without farewell. A second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= closeMachines(this.#machines)
    return this.#closing
  }

  /** For `await using`: the same as `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #ids(): number[] {
    return this.nodes.map((node) => node.id)
  }

  async #startDaemons(ids: readonly number[], options: ClusterOptions): Promise<void> {
    const { configure, daemons = ids } = options
    this.#writeFiles(ids, options)
    if (configure !== undefined) this.configure(configure)
    await Promise.all(daemons.map((id) => this.node(id).daemon.start()))
    await this.waitForRing(daemons)
    if (isQuorum(daemons, ids, options.quorum)) await this.waitForQuorate(daemons)
  }

  #writeFiles(ids: readonly number[], options: ClusterOptions): void {
    const conf = formatCorosyncConf(corosyncConf(ids, { tokenMs: 1000, ...options }))
    const authkey = randomBytes(256)
    for (const node of this.nodes) {
      writeFileSync(node.path(confFile), conf)
      if (options.crypto === true) writeFileSync(node.path(authkeyFile), authkey, { mode: 0o400 })
    }
  }

  async #setDirection(from: number, to: number, blocked: boolean): Promise<void> {
    const [source, target] = [this.node(from).id, this.node(to).id]
    await this.#network.setBlocked((one, other) =>
      one === source && other === target ? blocked : this.#network.isBlocked(one, other),
    )
  }

  async #waitForQuorum(ids: readonly number[], quorate: boolean, options: WaitOptions): Promise<void> {
    await waitForRings({
      what: `node ${ids.join(', ')} to be ${quorate ? 'quorate' : 'without quorum'}`,
      nodes: ids.map((id) => this.node(id)),
      timeoutMs: options.timeoutMs ?? waitTimeoutMs,
      holds: (statuses) => statuses.every((status) => status?.quorate === quorate),
    })
  }
}

function nodeids(count: number): number[] {
  if (!Number.isInteger(count) || count < 1 || count > nodesMax) {
    throw new RangeError(`A cluster has 1 to ${nodesMax} nodes, not ${count}.`)
  }
  return Array.from({ length: count }, (_, index) => index + 1)
}

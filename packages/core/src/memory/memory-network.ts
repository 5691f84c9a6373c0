// A network within one process, with several nodes: the default when there is no corosync, and the stage for tests.
// It gives what CPG gives and nothing nicer. Design: docs/transport.md.

import { QuorateError } from '../errors.ts'
import { checkGroupName } from '../ports/group-name.ts'
import type { Channel, Member, QuorumChange, Transport, TransportListener } from '../ports/transport.ts'
import { Daemon } from './daemon.ts'
import { sameMember } from './groups.ts'
import { type ChannelLimits, MemoryChannel } from './memory-channel.ts'
import { MemoryVoteLock } from './memory-vote-lock.ts'
import { completeNetworkOptions, type MemoryNetworkOptions } from './network-options.ts'
import { Ring } from './ring.ts'
import { formRing } from './ring-change.ts'
import { possibleSteps, rotate } from './scheduler.ts'

/**
 * Nodes and the network between them, in this process.
 *
 * @example
 * const network = new MemoryNetwork({ nodes: [1, 2, 3] })
 * const channel = await network.node(1).join('chat', (event) => console.log(event))
 * channel.send(new TextEncoder().encode('hello'))
 * network.partition([[1], [2, 3]])
 */
export class MemoryNetwork {
  readonly #daemons: readonly Daemon[]
  readonly #limits: ChannelLimits
  readonly #votes: Readonly<Record<number, number>>
  readonly #automatic: boolean
  readonly #choose: (count: number) => number
  readonly #quorumFirst: boolean
  readonly #mergeLoss: number
  readonly #voteLock = new MemoryVoteLock()
  #components: readonly (readonly number[])[]
  #scheduled = false
  #pidLast = 0
  #turn = 0

  /** @throws {QuorateError} `BadOption`: what to change */
  constructor(options: MemoryNetworkOptions) {
    const complete = completeNetworkOptions(options)
    this.#votes = complete.votes
    this.#automatic = complete.schedule === 'automatic'
    this.#choose = complete.choose ?? ((count) => this.#turn++ % count)
    this.#quorumFirst = complete.quorum === 'before'
    this.#mergeLoss = complete.mergeLoss
    this.#limits = complete
    const alone = (nodeid: number) => new Ring({ nodeid, seq: 0n }, [nodeid])
    this.#daemons = options.nodes.map((nodeid) => new Daemon(nodeid, alone(nodeid), () => this.#wake()))
    this.#components = [options.nodes]
    this.#formRings()
  }

  /**
   * The transport of one node. Each `join` is a process of its own there, with its own pid. Its nodes are not the
   * machine's, so their votes are the network's own: a second voter of a node waits until the first replica is closed.
   *
   * @throws {QuorateError} `BadOption`: there is no such node
   */
  node(nodeid: number): Transport {
    const daemon = this.#daemon(nodeid)
    return {
      nodeid: async () => nodeid,
      voteLock: this.#voteLock,
      join: (group, listener) => this.#join(daemon, group, listener),
      configuredNodes: async () => this.#daemons.map((each) => each.nodeid).sort(ascending),
    }
  }

  /**
   * Divides the network: nodes reach each other within their component only. Every node belongs to exactly one.
   *
   * @throws {QuorateError} `BadOption`: the components do not name every node once
   */
  partition(components: readonly (readonly number[])[]): void {
    const areLists = Array.isArray(components) && components.every(Array.isArray)
    const named = areLists ? components.flat().sort(ascending) : []
    const all = this.#daemons.map((daemon) => daemon.nodeid).sort(ascending)
    if (named.join() !== all.join()) {
      bad(
        `The components, a list of lists, must name each of the nodes ${all} once; they name ${named.join() || 'none'}`,
      )
    }
    this.#components = components
    this.#formRings()
  }

  /** Connects all nodes. */
  heal(): void {
    this.partition([this.#daemons.map((daemon) => daemon.nodeid)])
  }

  /**
   * Forms a new ring of these nodes, as after a lost token; nobody else needs to notice. With `aborted` it breaks
   * before its nodes have agreed on the groups' lists: the processes hear nothing of it and nothing is sent in it
   * until the next ring forms.
   *
   * @throws {QuorateError} `BadOption`: one of the nodes is down, or there is no such node
   */
  reform(nodeids: readonly number[], options: { readonly aborted?: boolean } = {}): void {
    const daemons = nodeids.map((nodeid) => this.#daemon(nodeid))
    const down = daemons.find((daemon) => !daemon.alive)
    if (down !== undefined) bad(`Node ${down.nodeid} is down; restart it before it joins a ring`)
    formRing(daemons, this.#mergeLoss)
    if (options.aborted !== true) this.#sync(daemons)
    this.#wake()
  }

  /** The node's daemon dies: its processes lose their memberships and wait for `restartNode`. */
  crashNode(nodeid: number): void {
    const daemon = this.#daemon(nodeid)
    if (!daemon.alive) return
    daemon.die()
    this.#formRings()
  }

  /** The node's daemon comes back, without memory; its processes join again. */
  restartNode(nodeid: number): void {
    const daemon = this.#daemon(nodeid)
    if (daemon.alive) return
    daemon.start(new Ring({ nodeid, seq: daemon.ringSeqMax }, [nodeid]))
    this.#formRings()
  }

  /**
   * A process dies without leaving.
   *
   * @throws {QuorateError} `BadOption`: there is no such process
   */
  killProcess(member: Member): void {
    const channels = [...this.#daemon(member.nodeid).channels]
    const victim = channels.find((channel) => sameMember(channel.self, member))
    if (victim === undefined) bad(`There is no process ${member.pid} on node ${member.nodeid}`)
    victim.end()
  }

  /** Lets a node receive nothing from `origins` (all others when left out) until `release` or a ring change. */
  withhold(nodeid: number, origins: readonly number[] = this.#others(nodeid)): void {
    const { withheld } = this.#daemon(nodeid)
    for (const origin of origins) if (origin !== nodeid) withheld.add(origin)
  }

  /** Lets a node receive from everybody again. */
  release(nodeid: number): void {
    this.#daemon(nodeid).withheld.clear()
    this.#wake()
  }

  /** Takes one step, chosen by `choose`; `false` when there is none to take. */
  step(): boolean {
    const steps = possibleSteps(this.#daemons)
    if (steps.length === 0) return false
    steps[this.#choose(steps.length)]?.()
    return true
  }

  /** Takes steps until there is none left. A listener that always sends again makes this endless. */
  drain(): void {
    while (rotate(this.#daemons));
  }

  async #join(daemon: Daemon, group: string, listener: TransportListener): Promise<Channel> {
    checkGroupName(group)
    if (!daemon.alive)
      throw new Error(`The daemon of node ${daemon.nodeid} is down; restart the node to join.`)
    const self = { nodeid: daemon.nodeid, pid: ++this.#pidLast }
    const channel = new MemoryChannel(daemon, self, group, listener, this.#limits)
    daemon.join(channel)
    return channel.joined
  }

  /** Forms a ring in each component whose living nodes are not one already. */
  #formRings(): void {
    for (const component of this.#components) {
      const living = component.filter((nodeid) => this.#daemon(nodeid).alive)
      if (!this.#isRing(living)) this.reform(living)
    }
  }

  #isRing(nodeids: readonly number[]): boolean {
    const ring = nodeids[0] === undefined ? undefined : this.#daemon(nodeids[0]).ring
    if (ring === undefined) return true
    const together = nodeids.every(
      (nodeid) => this.#daemon(nodeid).ring === ring && this.#daemon(nodeid).synced,
    )
    return together && ring.nodes.size === nodeids.length
  }

  #sync(daemons: readonly Daemon[]): void {
    const present = new Map<string, readonly Member[]>()
    for (const daemon of daemons) {
      for (const [group, members] of daemon.groups.on(daemon.nodeid)) {
        present.set(group, [...(present.get(group) ?? []), ...members])
      }
    }
    const quorum = this.#quorumOf(daemons)
    for (const daemon of daemons) daemon.sync(present, quorum, this.#quorumFirst)
  }

  #quorumOf(daemons: readonly Daemon[]): QuorumChange {
    const votes = (of: readonly Daemon[]) =>
      of.reduce((sum, { nodeid }) => sum + (this.#votes[nodeid] ?? 1), 0)
    const ring = (daemons[0] as Daemon).ring.id
    return { type: 'quorum', ring, quorate: votes(daemons) * 2 > votes(this.#daemons) }
  }

  #wake(): void {
    if (!this.#automatic || this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (rotate(this.#daemons)) this.#wake()
    })
  }

  #others(nodeid: number): number[] {
    return this.#daemons.map((daemon) => daemon.nodeid).filter((other) => other !== nodeid)
  }

  #daemon(nodeid: number): Daemon {
    const daemon = this.#daemons.find((candidate) => candidate.nodeid === nodeid)
    if (daemon !== undefined) return daemon
    const nodeids = this.#daemons.map((each) => each.nodeid)
    return bad(`There is no node ${nodeid} in this network; there are: ${nodeids}`)
  }
}

function bad(message: string): never {
  throw new QuorateError('BadOption', message)
}

function ascending(a: number, b: number): number {
  return a - b
}

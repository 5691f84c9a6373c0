// The transport contract's subject on real corosync: every member a process of its own, in a node of a cluster.

import type { Member, TransportEvent } from '@quorate/core'
import type { ContractCluster, ContractMember, TransportContractSubject } from '@quorate/core/contracts'
import type { CpgTransportOptions } from '@quorate/cpg-transport'
import type { CorosyncCluster } from '@quorate/testkit'
import { Remote } from './remote.ts'

/** Processes that have no membership at present, by node: starting one takes longer than most cases. */
type Idle = Map<number, Remote<TransportEvent>[]>

/** A member in a process that is in no other group. */
class RemoteMember implements ContractMember {
  readonly self: Member
  readonly messageBytesMax: number
  readonly remote: Remote<TransportEvent>
  /** Where this membership's events begin among those of the process. */
  readonly #begin: number
  #closed: Promise<void> | undefined

  constructor(remote: Remote<TransportEvent>, joined: Joined, begin: number) {
    this.remote = remote
    this.self = joined.self
    this.messageBytesMax = joined.messageBytesMax
    this.#begin = begin
  }

  send(messages: readonly Uint8Array[]): Promise<number> {
    return this.remote.call('send', messages)
  }

  async events(from: number): Promise<readonly TransportEvent[]> {
    return this.remote.events.slice(this.#begin + from)
  }

  close(): Promise<void> {
    this.#closed ??= this.remote.call('close')
    return this.#closed
  }
}

interface Joined {
  readonly self: Member
  readonly messageBytesMax: number
}

const allNodes = [1, 2, 3]

/** Runs the contract on a cluster of three nodes, which is there when the cases run and is left healed. */
export function corosyncSubject(
  cluster: () => CorosyncCluster,
  options: CpgTransportOptions = {},
): TransportContractSubject {
  const idle: Idle = new Map(allNodes.map((nodeid) => [nodeid, []]))
  return {
    abilities: ['partition', 'kill', 'restart'],
    waitMs: 20_000,
    open: async (count) => new Stage(cluster(), count, idle, options),
  }
}

/** The cluster during one case. */
class Stage implements ContractCluster {
  readonly nodes: readonly number[]
  readonly #cluster: CorosyncCluster
  readonly #idle: Idle
  readonly #options: CpgTransportOptions
  readonly #members = new Set<RemoteMember>()

  constructor(cluster: CorosyncCluster, count: number, idle: Idle, options: CpgTransportOptions) {
    this.nodes = allNodes.slice(0, count)
    this.#cluster = cluster
    this.#idle = idle
    this.#options = options
  }

  async join(nodeid: number, group: string): Promise<ContractMember> {
    const idle = this.#idle.get(nodeid)
    const remote =
      idle?.pop() ?? (await Remote.start<TransportEvent>(this.#cluster.node(nodeid), 'transport'))
    const begin = remote.events.length
    try {
      const member = new RemoteMember(remote, await remote.call<Joined>('join', group, this.#options), begin)
      this.#members.add(member)
      return member
    } catch (error) {
      idle?.push(remote)
      throw error
    }
  }

  partition(components: readonly (readonly number[])[]): Promise<void> {
    const others = allNodes.slice(this.nodes.length).map((nodeid) => [nodeid])
    return this.#cluster.partition([...components, ...others])
  }

  heal(): Promise<void> {
    return this.#cluster.heal()
  }

  async kill(member: ContractMember): Promise<void> {
    this.#members.delete(member as RemoteMember)
    await (member as RemoteMember).remote.kill()
  }

  stopDaemon(nodeid: number): Promise<void> {
    return this.#cluster.node(nodeid).daemon.kill('SIGKILL')
  }

  startDaemon(nodeid: number): Promise<void> {
    return this.#cluster.node(nodeid).daemon.start()
  }

  /** Leaves the cluster whole and the processes idle. */
  async close(): Promise<void> {
    for (const member of this.#members) {
      await member.close()
      this.#idle.get(member.self.nodeid)?.push(member.remote)
    }
    await this.#cluster.heal()
    for (const node of this.#cluster.nodes) if (!node.daemon.running) await node.daemon.start()
    await this.#cluster.waitForRing(allNodes)
  }
}

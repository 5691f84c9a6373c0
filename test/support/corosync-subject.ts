// The transport contract's subject on real corosync: every member a process of its own, in a node of a cluster.

import type { Member, TransportEvent } from '@quorate/core'
import type { ContractCluster, ContractMember, TransportContractSubject } from '@quorate/core/contracts'
import type { CpgTransportOptions } from '@quorate/cpg-transport'
import type { CorosyncCluster } from '@quorate/testkit'
import { Remote } from './remote.ts'

/** A member in a process of its own. */
export class RemoteMember implements ContractMember {
  readonly self: Member
  readonly messageBytesMax: number
  readonly remote: Remote<TransportEvent>

  private constructor(remote: Remote<TransportEvent>, joined: { self: Member; messageBytesMax: number }) {
    this.remote = remote
    this.self = joined.self
    this.messageBytesMax = joined.messageBytesMax
  }

  static async join(
    cluster: CorosyncCluster,
    nodeid: number,
    group: string,
    options: CpgTransportOptions = {},
  ): Promise<RemoteMember> {
    const remote = await Remote.start<TransportEvent>(cluster.node(nodeid), 'transport')
    try {
      return new RemoteMember(remote, await remote.call('join', group, options))
    } catch (error) {
      await remote.kill()
      throw error
    }
  }

  send(messages: readonly Uint8Array[]): Promise<number> {
    return this.remote.call('send', messages)
  }

  async events(from: number): Promise<readonly TransportEvent[]> {
    return this.remote.events.slice(from)
  }

  close(): Promise<void> {
    return this.remote.call('close')
  }
}

const allNodes = [1, 2, 3]

/** Runs the contract on a cluster of three nodes, which is there when the cases run and is left healed. */
export function corosyncSubject(
  cluster: () => CorosyncCluster,
  options: CpgTransportOptions = {},
): TransportContractSubject {
  return {
    abilities: ['partition', 'kill', 'restart'],
    waitMs: 20_000,
    open: async (count) => open(cluster(), count, options),
  }
}

async function open(
  cluster: CorosyncCluster,
  count: number,
  options: CpgTransportOptions,
): Promise<ContractCluster> {
  const nodes = allNodes.slice(0, count)
  const idle = allNodes.slice(count).map((nodeid) => [nodeid])
  const members = new Set<RemoteMember>()
  return {
    nodes,
    async join(nodeid, group) {
      const member = await RemoteMember.join(cluster, nodeid, group, options)
      members.add(member)
      return member
    },
    partition: (components) => cluster.partition([...components, ...idle]),
    heal: () => cluster.heal(),
    kill: (member) => (member as RemoteMember).remote.kill(),
    stopDaemon: (nodeid) => cluster.node(nodeid).daemon.kill('SIGKILL'),
    startDaemon: (nodeid) => cluster.node(nodeid).daemon.start(),
    async close() {
      await Promise.all([...members].map((member) => member.remote.kill()))
      await cluster.heal()
      for (const node of cluster.nodes) if (!node.daemon.running) await node.daemon.start()
      await cluster.waitForRing(allNodes)
    },
  }
}

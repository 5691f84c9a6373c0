// The memory network passes the transport contract, with quorum notifications before their views and after them.

import { suite } from 'uvu'
import { transportContract } from '../ports/transport-contract.ts'
import { joinAsContractMember } from '../ports/transport-contract-adapter.ts'
import type { ContractCluster, TransportContractSubject } from '../ports/transport-contract-subject.ts'
import { MemoryNetwork } from './memory-network.ts'

function cluster(count: number, quorum: 'before' | 'after'): ContractCluster {
  const nodes = Array.from({ length: count }, (_, index) => index + 1)
  const network = new MemoryNetwork({ nodes, quorum, mergeLoss: 2, queueMessagesMax: 64 })
  return {
    nodes,
    join: (nodeid, group) => joinAsContractMember(network.node(nodeid), group),
    kill: async ({ self }) => network.killProcess(self),
    partition: async (components) => network.partition(components),
    heal: async () => network.heal(),
    stopDaemon: async (nodeid) => network.crashNode(nodeid),
    startDaemon: async (nodeid) => network.restartNode(nodeid),
    close: async () => {},
  }
}

for (const quorum of ['before', 'after'] as const) {
  const subject: TransportContractSubject = {
    abilities: ['partition', 'kill', 'restart'],
    open: async (count) => cluster(count, quorum),
  }
  const contract = suite(`transport contract: memory network, quorum ${quorum} its ring's view`)
  for (const { name, run } of transportContract(subject)) contract(name, run)
  contract.run()
}

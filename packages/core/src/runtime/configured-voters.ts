// The voters of a replica whose options name none: the nodes that the cluster is configured with.

import { QuorateError } from '../errors.ts'
import type { Transport } from '../ports/transport.ts'

/**
 * @throws {QuorateError} `BadOption`: nobody knows them; what to do
 * @throws {Error} the configuration cannot be read
 */
export async function configuredVoters(transport: Transport): Promise<readonly number[]> {
  if (transport.configuredNodes === undefined)
    throw unknown('this transport does not know which nodes there are')
  const nodeids = await transport.configuredNodes()
  if (nodeids.length === 0)
    throw unknown('the cluster has no node list (nodelist { node { … } } in corosync.conf)')
  return nodeids
}

function unknown(why: string): QuorateError {
  const message = `openReplica: voters is left out, and ${why}: name the ids of the nodes that vote, the same on every node`
  return new QuorateError('BadOption', message)
}

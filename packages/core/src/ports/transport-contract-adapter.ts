// A member of the contract over a plain transport in the same process.

import type { Transport, TransportEvent } from './transport.ts'
import type { ContractMember } from './transport-contract-subject.ts'

/** Joins `group` and keeps a log of all events. */
export async function joinAsContractMember(transport: Transport, group: string): Promise<ContractMember> {
  const events: TransportEvent[] = []
  const channel = await transport.join(group, (event) => events.push(event))
  return {
    self: channel.self,
    messageBytesMax: channel.messageBytesMax,
    send: async (messages) => {
      const refused = messages.findIndex((bytes) => !channel.send(bytes))
      return refused === -1 ? messages.length : refused
    },
    events: async (from) => events.slice(from),
    close: () => channel.close(),
  }
}

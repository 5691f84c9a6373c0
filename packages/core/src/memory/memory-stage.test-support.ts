// A manually driven network for the tests beside it: members that log what they hear, as one readable transcript.

import type { Channel, TransportEvent } from '../ports/transport.ts'
import { type MemberLog, messageKey } from '../ports/transport-contract-log.ts'
import { MemoryNetwork } from './memory-network.ts'
import type { MemoryNetworkOptions } from './network-options.ts'

export interface LoggedMember extends MemberLog {
  readonly channel: Channel
  readonly events: TransportEvent[]
  readonly sent: string[]
  readonly say: (text: string) => boolean
}

/** A network of `nodes`, by hand, whose rings' quorum is known at once unless the options say otherwise. */
export function manualNetwork(
  nodes: readonly number[],
  options: Partial<MemoryNetworkOptions> = {},
): MemoryNetwork {
  return new MemoryNetwork({ nodes, schedule: 'manual', quorum: 'before', ...options })
}

/** Joins and takes all steps until the first view has been heard. */
export async function joinLogged(
  network: MemoryNetwork,
  nodeid: number,
  group = 'group',
): Promise<LoggedMember> {
  const events: TransportEvent[] = []
  const joining = network.node(nodeid).join(group, (event) => events.push(event))
  network.drain()
  const channel = await joining
  network.drain()
  return loggedMember(channel, events)
}

export function loggedMember(channel: Channel, events: TransportEvent[]): LoggedMember {
  const sent: string[] = []
  const say = (text: string) => {
    const bytes = Buffer.from(text)
    const accepted = channel.send(bytes)
    if (accepted) sent.push(messageKey(bytes))
    return accepted
  }
  return { channel, self: channel.self, events, sent, say }
}

/** One member on each node, and their logs emptied. */
export async function joinAll(network: MemoryNetwork, nodeids: readonly number[]): Promise<LoggedMember[]> {
  const members: LoggedMember[] = []
  for (const nodeid of nodeids) members.push(await joinLogged(network, nodeid))
  for (const { events } of members) events.length = 0
  return members
}

/** What a member heard, in short: messages as their text, views as their nodes and, for a new ring, its number. */
export function heard({ events }: LoggedMember): string[] {
  return events.map((event) => {
    if (event.type === 'message') return Buffer.from(event.bytes).toString()
    if (event.type !== 'view') return event.type === 'quorum' ? `quorum ${event.quorate}` : event.type
    const nodes = event.members.map(({ nodeid }) => nodeid)
    return event.cause === 'ring' ? `ring [${nodes}]` : `members [${nodes}]`
  })
}

/** The messages and views alone. */
export function order(member: LoggedMember): string[] {
  return heard(member).filter((line) => !line.startsWith('quorum'))
}

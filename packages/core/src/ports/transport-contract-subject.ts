// What the transport contract runs on. Every operation is asynchronous, so that a member may live in another
// process, behind a proxy, inside a network namespace. The port is ports/transport.ts.

import type { Member, TransportEvent } from './transport.ts'

/** One process's membership in one group. */
export interface ContractMember {
  /** As it was when the join was fulfilled. */
  readonly self: Member
  readonly messageBytesMax: number
  /**
   * Sends in order and without a pause until one is refused. Returns how many were accepted.
   *
   * @throws what the channel's `send` throws, with its `name`
   */
  send(messages: readonly Uint8Array[]): Promise<number>
  /** The events that the listener was given, from position `from` on (0 is the first). Readable after `close` too. */
  events(from: number): Promise<readonly TransportEvent[]>
  close(): Promise<void>
}

/** Nodes that reach each other, with a transport on each. */
export interface ContractCluster {
  readonly nodes: readonly number[]
  /** Joins as a process of its own, with the errors of the transport's `join`. */
  join(nodeid: number, group: string): Promise<ContractMember>
  /** Frees everything, or leaves the cluster healed and running for the next case. */
  close(): Promise<void>
  /** Divides the network as named; every node is named once. */
  readonly partition?: (components: readonly (readonly number[])[]) => Promise<void>
  readonly heal?: () => Promise<void>
  /** Ends a member's process without `close`. */
  readonly kill?: (member: ContractMember) => Promise<void>
  /** Ends the daemon of a node; its processes live on. */
  readonly stopDaemon?: (nodeid: number) => Promise<void>
  readonly startDaemon?: (nodeid: number) => Promise<void>
}

/** What a subject can do beyond joining, sending and closing; cases that need what it cannot are left out. */
export type ContractAbility = 'partition' | 'kill' | 'restart'

export interface TransportContractSubject {
  readonly abilities: readonly ContractAbility[]
  /** How long the contract waits for anything. 5,000 by default. */
  readonly waitMs?: number
  /** A healed cluster of `count` nodes, each with one vote. Cases use groups of their own and run one at a time. */
  open(count: number): Promise<ContractCluster>
}

/** One test of the contract, for any test framework: it fails by rejecting. */
export interface ContractCase {
  readonly name: string
  run(): Promise<void>
}

// One configuration of the ring: its id, its nodes, and the packets broadcast in it, each with a sequence
// number that is its place in the order. Whoever holds the token adds a packet; each node then receives it or not.

import type { Member, RingId } from '../ports/transport.ts'
import { Fifo } from './fifo.ts'

export interface Message {
  readonly type: 'message'
  readonly group: string
  readonly from: Member
  readonly bytes: Uint8Array
}

interface MembershipNews {
  readonly type: 'join' | 'leave'
  readonly group: string
  readonly member: Member
}

/** What one node broadcasts: a process's message, or the news that a process joined or left. */
export interface Packet {
  readonly origin: number
  readonly content: Message | MembershipNews
  /** Takes the packet out of its sender's queue. */
  readonly onOrdered: () => void
  /** Nodes that lose it, because they were not in the origin's ring when it was already cut into fragments. */
  missedBy: ReadonlySet<number>
}

export const nobody: ReadonlySet<number> = new Set()

/** A node as the ring sees it. */
interface Receiver {
  /** Sequence number of the first packet that it has not delivered. */
  readonly next: number
  holds(sequence: number): boolean
}

export class Ring {
  readonly id: RingId
  /** The nodes that formed it. */
  readonly nodes: ReadonlySet<number>
  /** The same, ascending. */
  readonly nodeids: readonly number[]
  /** Those of them that are in it still: a packet can be received as long as one of these holds it. */
  readonly present: Set<Receiver> = new Set()
  /** By sequence number; those that every node has delivered are forgotten. */
  readonly packets: Fifo<Packet> = new Fifo()

  constructor(id: RingId, nodes: Iterable<number>) {
    this.id = id
    this.nodes = new Set(nodes)
    this.nodeids = [...this.nodes].sort((a, b) => a - b)
  }

  isHeld(sequence: number): boolean {
    for (const receiver of this.present) if (receiver.holds(sequence)) return true
    return false
  }

  /** Sequence number of the first packet that not all have delivered. */
  lowestNext(): number {
    let lowest = this.packets.end
    for (const { next } of this.present) if (next < lowest) lowest = next
    return lowest
  }

  forgetDelivered(): void {
    this.packets.dropBefore(this.lowestNext())
  }
}

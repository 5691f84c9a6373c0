// One configuration of the ring: its id, its nodes, and the packets broadcast in it, each with its place in the order.
// Which nodes hold a packet is a set of bits, so that to receive is one OR.

import type { Member, RingId } from '@quorate/core'
import { type NodeSet, nodeidsOf, type Packet } from './packet.ts'

export class Ring {
  readonly id: RingId
  readonly nodes: NodeSet
  /** The same, ascending. */
  readonly nodeids: readonly number[]
  /** What the nodes' join lists said when the ring was formed: the group's processes. */
  readonly present: readonly Member[]
  readonly quorate: boolean
  readonly packets: Packet[] = []
  /** Beside `packets`: the nodes that hold each. */
  readonly held: NodeSet[] = []

  constructor(id: RingId, nodes: NodeSet, present: readonly Member[], quorate: boolean) {
    this.id = id
    this.nodes = nodes
    this.nodeids = nodeidsOf(nodes)
    this.present = present
    this.quorate = quorate
  }

  /** The next packet in the order; so far only its sender holds it. */
  order(packet: Packet, sender: NodeSet): void {
    this.packets.push(packet)
    this.held.push(sender)
  }
}

// One node's part of the network, as corosync is one: it broadcasts what its processes sent, holds what it
// received of the ring's packets, delivers them in order without gap, and keeps the lists of the groups.

import type { Member, QuorumChange, RingId, TransportEvent, View } from '../ports/transport.ts'
import { Fifo } from './fifo.ts'
import { type Group, Groups, type Memberships, sameMember } from './groups.ts'
import type { MemoryChannel } from './memory-channel.ts'
import { type Message, nobody, type Packet, type Ring } from './ring.ts'

export class Daemon {
  readonly nodeid: number
  readonly wake: () => void
  readonly groups: Groups = new Groups()
  /** The node's processes, whether their membership is up or down. */
  readonly channels: Set<MemoryChannel> = new Set()
  readonly outgoing: Fifo<Packet> = new Fifo()
  /** Origins from which this node receives nothing for now. */
  readonly withheld: Set<number> = new Set()
  alive = true
  ring: Ring
  /** Sequence number of the first packet not delivered. */
  next = 0
  /** The groups' lists are agreed upon in this ring; before that nothing is broadcast in it. */
  synced = false
  /** Nodes that came along from the ring before to this one. */
  companions: ReadonlySet<number> = nobody
  /** Highest sequence number of a ring id that this node has seen; survives its daemon, as corosync's file does. */
  ringSeqMax = 0n
  /** A quorum notification that the node has not heard yet. */
  pendingQuorum: QuorumChange | undefined
  /** Received ahead of a gap. */
  readonly #early = new Set<number>()
  /** Nodes of the last ring in which the lists were agreed upon. */
  #agreed: ReadonlySet<number> = nobody
  /** What the processes were last told of the ring. */
  #shown: { ring: RingId; nodeids: readonly number[]; quorate: boolean | null }

  constructor(nodeid: number, ring: Ring, wake: () => void) {
    this.nodeid = nodeid
    this.ring = ring
    this.wake = wake
    this.#shown = { ring: ring.id, nodeids: ring.nodeids, quorate: null }
  }

  /** Takes from a process what is to be broadcast when the token comes by. */
  accept(content: Packet['content'], onOrdered: () => void = () => {}): void {
    this.outgoing.push({ origin: this.nodeid, content, onOrdered, missedBy: nobody })
    this.wake()
  }

  join(channel: MemoryChannel): void {
    this.channels.add(channel)
    this.accept({ type: 'join', group: channel.group, member: channel.self })
  }

  /** A process is gone; the others hear of it in the order, behind all that it sent. */
  forget(channel: MemoryChannel): void {
    this.channels.delete(channel)
    this.groups.find(channel.group)?.local.delete(channel)
    if (this.alive) this.accept({ type: 'leave', group: channel.group, member: channel.self })
  }

  /** Broadcasts the oldest waiting packet: the token is here. */
  order(): void {
    const packet = this.outgoing.shift()
    if (packet === undefined) return
    const sequence = this.ring.packets.end
    this.ring.packets.push(packet)
    packet.onOrdered()
    this.hold(sequence)
  }

  holds(sequence: number): boolean {
    return sequence < this.next || this.#early.has(sequence)
  }

  /** Receives one packet, and delivers all that stand in order without gap. */
  hold(sequence: number): void {
    if (sequence === this.next) this.#deliverNext()
    else this.#early.add(sequence)
    while (this.#early.size > 0 && this.#early.delete(this.next)) this.#deliverNext()
  }

  /** The oldest packet that this node lacks and that nothing keeps from it. */
  firstReceivable(): number | undefined {
    if (!this.alive) return undefined
    const { packets } = this.ring
    for (let sequence = this.next; sequence < packets.end; sequence++) {
      if (this.#early.has(sequence) || this.withheld.has(packets.at(sequence).origin)) continue
      if (this.ring.isHeld(sequence)) return sequence
    }
    return undefined
  }

  handle({ content, missedBy }: Packet): void {
    if (content.type === 'message') {
      if (!missedBy.has(this.nodeid)) this.#hand(content)
    } else if (content.type === 'join') this.#admit(content.group, content.member)
    else this.#dismiss(content.group, content.member)
  }

  /** Enters a ring; its packets are numbered afresh. */
  enter(ring: Ring, companions: ReadonlySet<number>): void {
    this.ring.present.delete(this)
    ring.present.add(this)
    this.ring = ring
    this.ringSeqMax = ring.id.seq
    this.companions = companions
    this.next = 0
    this.#early.clear()
    this.withheld.clear()
    this.synced = false
  }

  /**
   * Agrees with the ring's nodes on the groups' lists and tells the processes: those that are left behind, those
   * that are new, those that ended unnoticed, and last the ring. Only the companions of the last ring are
   * compared with the last agreed list, as in corosync: rings in between that never got here hide a change.
   */
  sync(present: Memberships, quorum: QuorumChange, quorumFirst: boolean): void {
    const { nodes, nodeids, id } = this.ring
    // What was said of the old ring holds no more.
    this.#shown.quorate = null
    if (quorumFirst) this.#tell(quorum)
    const isBehind = (nodeid: number) => this.#agreed.has(nodeid) && !this.companions.has(nodeid)
    this.#showAll(this.groups.remove((member) => isBehind(member.nodeid)))
    this.#showAll(this.groups.add(present))
    this.#showAll(
      this.groups.remove((member, group) => !present.get(group)?.some((it) => sameMember(it, member))),
    )
    this.#agreed = nodes
    this.synced = true
    this.#shown = { ring: id, nodeids, quorate: quorumFirst ? quorum.quorate : null }
    this.pendingQuorum = quorumFirst ? undefined : quorum
    for (const group of this.groups.all()) this.#show(group, 'ring')
  }

  /** The quorum service speaks. */
  speakQuorum(): void {
    const quorum = this.pendingQuorum
    if (quorum === undefined) return
    this.pendingQuorum = undefined
    this.#shown.quorate = quorum.quorate
    this.#tell(quorum)
  }

  /** The daemon dies: the memberships of its processes end, and what it had queued is gone. */
  die(): void {
    this.alive = false
    this.ring.present.delete(this)
    this.outgoing.dropFrom(0)
    this.groups.clear()
    this.pendingQuorum = undefined
    this.#agreed = nobody
    const error = new Error(
      `The daemon of node ${this.nodeid} died; the channel joins again when it is back.`,
    )
    for (const channel of [...this.channels]) channel.lose(error)
    this.wake()
  }

  /** A new daemon, alone in `ring`; its processes join again. */
  start(ring: Ring): void {
    this.alive = true
    this.enter(ring, nobody)
    for (const channel of this.channels) this.join(channel)
  }

  #deliverNext(): void {
    this.next += 1
    this.handle(this.ring.packets.at(this.next - 1))
  }

  #hand({ group, from, bytes }: Message): void {
    for (const channel of this.groups.find(group)?.local ?? []) {
      channel.deliver({ type: 'message', from, bytes: new Uint8Array(bytes) })
    }
  }

  #admit(name: string, member: Member): void {
    this.#showAll(this.groups.add(new Map([[name, [member]]])))
    const group = this.groups.find(name)
    if (group === undefined || member.nodeid !== this.nodeid) return
    for (const channel of this.channels) {
      if (channel.group !== name || !sameMember(channel.self, member)) continue
      group.local.add(channel)
      channel.enter(this.#view(group, 'membership'))
    }
  }

  #dismiss(name: string, gone: Member): void {
    this.#showAll(this.groups.remove((member, group) => group === name && sameMember(member, gone)))
  }

  #view(group: Group, cause: View['cause']): View {
    return { type: 'view', members: [...group.members], cause, ...this.#shown }
  }

  #show(group: Group, cause: View['cause']): void {
    for (const channel of group.local) channel.deliver(this.#view(group, cause))
  }

  #showAll(changed: readonly Group[]): void {
    for (const group of changed) this.#show(group, 'membership')
  }

  #tell(event: TransportEvent): void {
    for (const group of this.groups.all()) {
      for (const channel of group.local) channel.deliver(event)
    }
  }
}

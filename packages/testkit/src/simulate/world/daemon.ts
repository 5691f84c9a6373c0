// One node's corosync: it broadcasts what its process sent, holds what it received of the ring's packets, delivers
// them in order without gap, and keeps the list of the group. After exec/cpg.c and exec/totemsrp.c; design:
// docs/protocol.md, "What CPG gives, and what it does not".

import type { Member } from '@quorate/core'
import type { Environment } from './environment.ts'
import { bitOf, holdsMember, type NodeSet, news, type Packet, sameMember } from './packet.ts'
import type { Process } from './process.ts'
import type { Ring } from './ring.ts'

export class Daemon {
  readonly nodeid: number
  readonly bit: NodeSet
  readonly environment: Environment
  alive = true
  ring: Ring
  /** Place in the order of the first packet not delivered. */
  next = 0
  /** The list is agreed upon in this ring; before that nothing is sent or delivered in it. */
  synced = true
  /** Packets that wait for the token, oldest first. */
  outgoing: Packet[] = []
  /** Those that came along from the ring before, as the CPG service knows them: an aborted sync overwrites them. */
  companions: NodeSet
  /** Those that came along through all rings since the last sync. */
  companionsAlways: NodeSet
  /** The members of the group, as this daemon knows them. */
  listed: readonly Member[] = []
  /** The process that is connected to this daemon. */
  process: Process | null = null
  /** Until then the token passes by without a packet. */
  slowToSendUntilUs = 0
  /** Until then it receives nothing. */
  slowToReceiveUntilUs = 0
  /** Highest sequence number of a ring id seen; survives the daemon, as corosync's file does. */
  ringSeqMax = 0
  /** Nodes of the last ring in which the list was agreed upon. */
  #agreed: NodeSet
  /** Processes of nodes that died in the middle of a sync, and that are taken for joined. */
  #ghosts: Member[] = []

  constructor(nodeid: number, environment: Environment, ring: Ring) {
    this.nodeid = nodeid
    this.bit = bitOf(nodeid)
    this.environment = environment
    this.ring = ring
    this.companions = this.bit
    this.companionsAlways = this.bit
    this.#agreed = this.bit
  }

  /** Begins anew, alone, without memory but for the ring's number. */
  start(ring: Ring): void {
    this.alive = true
    this.synced = true
    this.enter(ring, this.bit)
    this.synced = true
    this.companionsAlways = this.bit
    this.#agreed = this.bit
    this.#ghosts = []
  }

  die(): void {
    this.alive = false
    this.synced = false
    this.outgoing = []
    this.listed = []
  }

  /** A process connects and asks to join. */
  connect(process: Process): void {
    this.process = process
    if (this.synced) process.quorumOf(this.ring)
    else this.environment.count('process joined while a ring changed')
    this.outgoing.push(news('join', process.self, this.ring))
  }

  /**
   * The process is gone; the others hear of it in the order, behind all that it sent. Of its last messages up to
   * `lost` never came here.
   */
  disconnect(process: Process, lost: number): void {
    this.process = null
    if (!this.alive) return
    for (let count = 0; count < lost && this.outgoing.at(-1)?.kind === 'message'; count++) this.outgoing.pop()
    this.outgoing.push(news('leave', process.self, this.ring))
  }

  /** The token is here: broadcasts up to `count` packets. Whether there was any. */
  order(count: number): boolean {
    if (this.outgoing.length === 0) return false
    for (const packet of this.outgoing.splice(0, count)) {
      this.environment.count('message ordered')
      if (packet.sentIn !== this.ring && packet.kind === 'message') {
        this.environment.count('message ordered in a later ring than it was sent in')
      }
      this.ring.order(packet, this.bit)
    }
    this.deliver()
    return true
  }

  /** Delivers what stands in order without gap. */
  deliver(): void {
    if (!this.synced) return
    const { packets, held } = this.ring
    while (this.next < packets.length && ((held[this.next] as NodeSet) & this.bit) !== 0) {
      this.next += 1
      this.handle(packets[this.next - 1] as Packet)
    }
  }

  handle(packet: Packet): void {
    if (packet.kind === 'message') this.#hand(packet)
    else if (packet.kind === 'join') this.#admit(packet.from)
    else if (this.#drop((member) => sameMember(member, packet.from), false)) {
      this.environment.count('process left')
    }
  }

  /** Enters a ring; nothing is known of it yet. */
  enter(ring: Ring, companions: NodeSet): void {
    if (!this.synced) this.#rememberGhosts(ring)
    this.ring = ring
    this.next = 0
    this.synced = false
    this.companions = companions
    this.companionsAlways &= companions
    this.ringSeqMax = Number(ring.id.seq)
  }

  /**
   * Agrees on the list and tells the process: those left behind, those that are new, those that ended unnoticed, and
   * last the ring. Only the companions of the last ring are compared with the last agreed list, as in corosync: rings
   * in between that never got here hide a change.
   */
  sync(): void {
    const behind = this.#agreed & ~this.companions
    if ((this.#agreed & ~this.companionsAlways & this.ring.nodes & ~behind) !== 0) {
      this.environment.count('change hidden by aborted syncs')
    }
    this.#ghosts = this.#ghosts.filter((ghost) => (bitOf(ghost.nodeid) & this.ring.nodes) === 0)
    const told = this.#compare(behind)
    if (told === 0) this.environment.count('ring confchg without a CPG confchg')
    if (told > 1) this.environment.count('several confchgs in one ring change')
    this.#agreed = this.ring.nodes
    this.companionsAlways = this.ring.nodes
    this.synced = true
    this.#tellRing()
    this.deliver()
  }

  /** How many confchgs the process was told. */
  #compare(behind: NodeSet): number {
    let told = this.#drop((member) => (bitOf(member.nodeid) & behind) !== 0, true) ? 1 : 0
    const present = [...this.ring.present, ...this.#ghosts]
    if (this.#add(present.filter(({ nodeid }) => nodeid !== this.nodeid))) told += 1
    for (const member of this.listed) {
      if (member.nodeid === this.nodeid || holdsMember(present, member)) continue
      if (this.#drop((each) => each === member, false)) told += 1
    }
    return told
  }

  #hand(packet: Packet): void {
    if ((packet.assemblers & this.bit) === 0) {
      this.environment.count('message lost at a merge')
    } else if (this.#processListens()) this.process?.message(packet)
  }

  #admit(joiner: Member): void {
    this.#add([joiner], false)
    if (joiner !== this.process?.self) return
    this.environment.count('process joined')
    this.process.ring(this.ring)
  }

  #rememberGhosts({ nodes }: Ring): void {
    if (!this.environment.random.oneIn(this.environment.traits.ghostOneIn)) return
    const dead = this.ring.present.filter(({ nodeid }) => (bitOf(nodeid) & nodes) === 0)
    if (dead.length > 0) this.environment.count('ghost listed')
    this.#ghosts.push(...dead)
  }

  #tellRing(): void {
    if (this.process === null) return
    this.process.quorumOf(this.ring)
    if (this.#processListens()) this.process.ring(this.ring)
  }

  #add(joined: readonly Member[], nodes = true): boolean {
    const missing = joined.filter((member) => !holdsMember(this.listed, member))
    if (missing.length === 0) return false
    this.listed = [...this.listed, ...missing].sort((a, b) => a.nodeid - b.nodeid || a.pid - b.pid)
    this.#tell(missing, nodes)
    return true
  }

  #drop(gone: (member: Member) => boolean, nodes: boolean): boolean {
    const left = this.listed.filter(gone)
    if (left.length === 0) return false
    this.listed = this.listed.filter((member) => !gone(member))
    this.#tell(left, nodes)
    return true
  }

  #tell(changed: readonly Member[], nodes: boolean): void {
    if (this.#processListens())
      this.process?.confchg({ kind: 'confchg', members: this.listed, changed, nodes })
  }

  /** A process hears of the group once its own join was delivered. */
  #processListens(): boolean {
    return this.process !== null && this.listed.includes(this.process.self)
  }
}

// Three event streams into one, as the transport on corosync does it (packages/cpg-transport, views): confchgs of the
// group, confchgs of the ring and the quorum service's notifications become the views of the transport port.

import type { Member, QuorumChange, View } from '@quorate/core'
import { bitOf, holdsMember, type NodeSet, sameMember } from './packet.ts'
import type { Ring } from './ring.ts'

/** The group's list has changed. */
export interface Confchg {
  readonly kind: 'confchg'
  readonly members: readonly Member[]
  /** Who joined or left. */
  readonly changed: readonly Member[]
  /** Whole nodes came or went: a ring change has begun. */
  readonly nodes: boolean
}

/** Merges the events of one membership. Every method returns what has to be told now, or nothing. */
export class Views {
  readonly #self: Member
  #members: readonly Member[] = []
  #ring: Ring | null = null
  /** Listed although their node is not in the ring; known at each new ring. */
  #ghosts: readonly Member[] = []
  /** The ring of which the quorum service spoke last. */
  #quorumRing: Ring | null = null
  /** From the first confchg of a ring change to the new ring: what was said of the old ring holds no more. */
  #ringChanging = false
  /** Whether the first view was told. */
  begun = false

  constructor(self: Member) {
    this.#self = self
  }

  confchg({ members, changed, nodes }: Confchg): View | null {
    this.#members = members
    if (this.#ghosts.length > 0) this.#ghosts = this.#ghosts.filter((ghost) => !holdsMember(changed, ghost))
    if (nodes) this.#ringChanging = true
    return this.begun ? this.#view('membership') : this.#first()
  }

  ring(ring: Ring): View | null {
    if (ring === this.#ring) return null
    this.#ring = ring
    this.#ringChanging = false
    this.#findGhosts(ring.nodes)
    return this.begun ? this.#view('ring') : this.#first()
  }

  /** Of the ring in force: told when it is new. Of a ring to come: kept for its view. */
  quorum(ring: Ring): QuorumChange | null {
    const known = this.#quorate()
    this.#quorumRing = ring
    const quorate = this.#quorate()
    if (!this.begun || quorate === null || quorate === known) return null
    return { type: 'quorum', ring: ring.id, quorate }
  }

  /** Whether the quorum service's word of this ring would come before the ring itself. */
  isAhead(ring: Ring): boolean {
    return this.begun && ring !== this.#ring
  }

  /** Once both are known: the own join, and the ring. */
  #first(): View | null {
    if (this.#ring === null || !this.#members.some((member) => sameMember(member, this.#self))) return null
    this.begun = true
    this.#findGhosts(this.#ring.nodes)
    return this.#view('membership')
  }

  #findGhosts(nodes: NodeSet): void {
    this.#ghosts = this.#members.filter(({ nodeid }) => (bitOf(nodeid) & nodes) === 0)
  }

  #view(cause: View['cause']): View {
    const { id, nodeids } = this.#ring as Ring
    const members = this.#members.filter((member) => !this.#ghosts.includes(member))
    return { type: 'view', members, ring: id, nodeids, cause, quorate: this.#quorate() }
  }

  #quorate(): boolean | null {
    if (this.#ring === null || this.#ringChanging || this.#quorumRing !== this.#ring) return null
    return this.#ring.quorate
  }
}

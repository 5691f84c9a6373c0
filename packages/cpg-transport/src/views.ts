// Three event streams into one: CPG's confchgs, totem's confchgs and the quorum service's notifications become the
// views of the transport port. Pure. Source: docs/corosync.md, "Membership".

import type { Member, QuorumChange, RingId, View } from '@quorate/core'
import type { CpgConfchg, CpgTotemConfchg } from './cpg-types.ts'
import type { QuorumNotification } from './quorum.ts'

const keyOf = (member: Member): string => `${member.nodeid}:${member.pid}`

const byNodeThenProcess = (a: Member, b: Member): number => a.nodeid - b.nodeid || a.pid - b.pid

const sameRing = (a: RingId, b: RingId): boolean => a.nodeid === b.nodeid && a.seq === b.seq

/** Merges the events of one membership. Every method returns what has to be told now, or nothing. */
export class Views {
  readonly #self: Member
  #members: readonly Member[] = []
  /** The ring in force, and its nodes. */
  #totem: CpgTotemConfchg | undefined
  /** Whether the first view was told. */
  #begun = false
  /**
   * Members that CPG lists although their node is not in the ring: a node that died in the middle of a sync stays
   * listed for good (until corosync 3.1.10). Known at each new ring and at the own join, when both lists are of one.
   */
  #ghosts = new Set<string>()
  #quorum: QuorumNotification | undefined
  /** From the first confchg of a ring change to the new ring: what was said of the old ring holds no more. */
  #ringChanging = false

  constructor(self: Member) {
    this.#self = self
  }

  /** A process joined, left or died, or a ring change has begun: CPG's change comes before the ring is known. */
  confchg(change: CpgConfchg): View | undefined {
    this.#members = change.members.map(({ nodeid, pid }) => ({ nodeid, pid })).sort(byNodeThenProcess)
    for (const member of [...change.joined, ...change.left]) {
      this.#ghosts.delete(keyOf(member))
      if (member.reason === 'NODEDOWN' || member.reason === 'NODEUP') this.#ringChanging = true
    }
    return this.#begun ? this.#view('membership') : this.#firstView()
  }

  /**
   * A new ring: told also when the members are the same, for messages may have been missed. The ring in force is also
   * told once to each connection, after whichever process's join comes next in whatever group: so it may come before
   * or after the own join, and again.
   */
  totemConfchg(change: CpgTotemConfchg): View | undefined {
    if (this.#totem !== undefined && sameRing(change.ring, this.#totem.ring)) return undefined
    this.#totem = { ...change, nodeids: change.nodeids.toSorted((a, b) => a - b) }
    this.#ringChanging = false
    this.#findGhosts(change)
    return this.#begun ? this.#view('ring') : this.#firstView()
  }

  /** Of the ring in force: told when it is new. Of a ring to come: kept for its view. */
  quorum(notification: QuorumNotification): QuorumChange | undefined {
    const before = this.#quorate()
    this.#quorum = notification
    const now = this.#quorate()
    if (!this.#begun || this.#totem === undefined || now === null || now === before) return undefined
    return { type: 'quorum', ring: this.#totem.ring, quorate: now }
  }

  /** Once both are known: the own join, and the ring. */
  #firstView(): View | undefined {
    const self = keyOf(this.#self)
    if (this.#totem === undefined || !this.#members.some((member) => keyOf(member) === self)) return undefined
    this.#begun = true
    this.#findGhosts(this.#totem)
    return this.#view('membership')
  }

  #findGhosts({ nodeids }: CpgTotemConfchg): void {
    const strangers = this.#members.filter((member) => !nodeids.includes(member.nodeid))
    this.#ghosts = new Set(strangers.map(keyOf))
  }

  #view(cause: View['cause']): View | undefined {
    if (this.#totem === undefined) return undefined
    const members = this.#members.filter((member) => !this.#ghosts.has(keyOf(member)))
    const { ring, nodeids } = this.#totem
    return { type: 'view', members, ring, nodeids, cause, quorate: this.#quorate() }
  }

  #quorate(): boolean | null {
    if (this.#quorum === undefined || this.#totem === undefined || this.#ringChanging) return null
    return sameRing(this.#quorum.ring, this.#totem.ring) ? this.#quorum.quorate : null
  }
}

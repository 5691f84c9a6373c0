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
  #ring: RingId | undefined
  #begun = false
  /**
   * Members that CPG lists although their node is not in the ring: a node that died in the middle of a sync stays
   * listed for good (until corosync 3.1.10). Known at each new ring, the only moment at which both lists are of one.
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
    return this.#view('membership')
  }

  /**
   * A new ring: told also when the members are the same, for messages may have been missed. The first one after the
   * own join completes the first view, which is of a ring that may have been in force before. (A connection that has
   * not joined yet hears of rings, too.)
   */
  totemConfchg(change: CpgTotemConfchg): View | undefined {
    this.#ring = change.ring
    this.#ringChanging = false
    const strangers = this.#members.filter((member) => !change.nodeids.includes(member.nodeid))
    this.#ghosts = new Set(strangers.map(keyOf))
    if (this.#begun) return this.#view('ring')
    this.#begun = this.#members.some((member) => keyOf(member) === keyOf(this.#self))
    return this.#view('membership')
  }

  /** Of the ring in force: told when it is new. Of a ring to come: kept for its view. */
  quorum(notification: QuorumNotification): QuorumChange | undefined {
    const before = this.#quorate()
    this.#quorum = notification
    const now = this.#quorate()
    if (!this.#begun || this.#ring === undefined || now === null || now === before) return undefined
    return { type: 'quorum', ring: this.#ring, quorate: now }
  }

  #view(cause: View['cause']): View | undefined {
    if (!this.#begun || this.#ring === undefined) return undefined
    const members = this.#members.filter((member) => !this.#ghosts.has(keyOf(member)))
    return { type: 'view', members, ring: this.#ring, cause, quorate: this.#quorate() }
  }

  #quorate(): boolean | null {
    if (this.#quorum === undefined || this.#ring === undefined || this.#ringChanging) return null
    return sameRing(this.#quorum.ring, this.#ring) ? this.#quorum.quorate : null
  }
}

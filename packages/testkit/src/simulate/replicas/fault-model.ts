// What the invariants ask of those who cause faults: at most N - majority voters are blank at a time (docs/protocol.md,
// section 13); under the policy votequorum, which may go on with one voter, none loses its memory.

import { majorityOf, type VoterSet } from '@quorate/core/simulation'

export class FaultModel {
  readonly #voters: VoterSet
  /** Voters that have never adopted, or have lost their memory since. */
  readonly #blank: Set<number>
  #hasSetAside = false

  constructor(voters: VoterSet) {
    this.#voters = voters
    this.#blank = new Set(voters.nodeids)
  }

  mayLose(nodeid: number): boolean {
    const { nodeids, policy } = this.#voters
    // Once all voters have set their state aside, what is left may be a learner's.
    if (this.#hasSetAside && this.#blank.size === nodeids.length) return false
    if (!nodeids.includes(nodeid) || this.#blank.has(nodeid)) return true
    if (policy === 'votequorum') return false
    return this.#blank.size + 1 <= nodeids.length - majorityOf(this.#voters)
  }

  setAside(nodeid: number): void {
    this.#hasSetAside = true
    this.lost(nodeid)
  }

  lost(nodeid: number): void {
    if (this.#voters.nodeids.includes(nodeid)) this.#blank.add(nodeid)
  }

  /** It has adopted and not set its state aside; with a disk, and that is stored. */
  remembers(nodeid: number): void {
    this.#blank.delete(nodeid)
  }
}

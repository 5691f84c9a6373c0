// All replicas of a run, and what they must agree on.

import type { Index, Limits, SeededFault, Timeouts, VoterSet } from '@quorate/core/simulation'
import { History, Violation } from './history.ts'

export interface GroupOptions {
  readonly voters: VoterSet
  readonly timeouts: Timeouts
  readonly limits: Limits
  readonly fault: SeededFault | null
}

export class Group {
  readonly voters: VoterSet
  readonly timeouts: Timeouts
  readonly limits: Limits
  readonly fault: SeededFault | null
  readonly history = new History()
  readonly counts = new Map<string, number>()
  /** The highest index that was acknowledged to anybody. */
  acknowledged: Index = 0
  /** Voters that have never adopted, or have lost their memory since. */
  readonly #blank: Set<number>

  constructor({ voters, timeouts, limits, fault }: GroupOptions) {
    this.voters = voters
    this.timeouts = timeouts
    this.limits = limits
    this.fault = fault
    this.#blank = new Set(voters.nodeids)
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  /** Invariant 6, for operations that all concern one state: each is ordered behind all that were acknowledged before. */
  acknowledge(nodeid: number, index: Index, after: Index, what: 'read' | 'write'): void {
    if (what === 'write' ? index <= after : index < after) {
      throw new Violation(
        `6: a ${what} at node ${nodeid} was ordered at ${index}, although ${after} was acknowledged before it began`,
      )
    }
    this.count(`${what} acknowledged`)
    this.acknowledged = Math.max(this.acknowledged, index)
  }

  /** The fault model: at most N - majority voters blank at a time. */
  mayLose(nodeid: number): boolean {
    const { nodeids } = this.voters
    if (!nodeids.includes(nodeid) || this.#blank.has(nodeid)) return true
    return this.#blank.size + 1 <= nodeids.length - (Math.floor(nodeids.length / 2) + 1)
  }

  lost(nodeid: number): void {
    if (this.voters.nodeids.includes(nodeid)) this.#blank.add(nodeid)
  }

  remembers(nodeid: number): void {
    this.#blank.delete(nodeid)
  }
}

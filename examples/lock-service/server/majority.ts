// Whether this node can do anything for its clients. It is often without a majority for a moment, when a node has come or
// gone; only one that stays without sends its clients away, and then at once.

import { describeObstacle, QuorateError } from '@quorate/core'
import type { LockReplica } from '../machine/machine.ts'

export class Majority {
  readonly #replica: LockReplica
  readonly #ends: readonly (() => void)[]
  #timer: NodeJS.Timeout | null = null
  #isLost = false

  /** @param lost called when `check` begins to throw */
  constructor(replica: LockReplica, patienceMs: () => number, lost: () => void) {
    this.#replica = replica
    const lose = (): void => {
      this.#isLost = true
      lost()
    }
    const begin = (): void => {
      this.#timer ??= setTimeout(lose, patienceMs())
    }
    this.#ends = [
      replica.on('no-quorum', begin),
      replica.on('down', begin),
      replica.on('primary', () => this.#regain()),
      replica.on('stopped', lose),
    ]
    if (!replica.status.primary) begin()
  }

  /** @throws {QuorateError} `NoQuorum`, or why the replica has ended */
  check(): void {
    if (!this.#isLost) return
    const { ended, obstacle, primary } = this.#replica.status
    if (ended !== null) throw new QuorateError(ended.code, ended.message, { outcome: 'unapplied' })
    if (primary) return
    const why = obstacle === null ? 'This node is in no majority' : describeObstacle(obstacle)
    throw new QuorateError('NoQuorum', why, { outcome: 'unapplied' })
  }

  close(): void {
    for (const end of this.#ends) end()
    this.#regain()
  }

  #regain(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#isLost = false
  }
}

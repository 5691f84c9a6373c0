// How often this replica's state was not that of a majority. Once may be chance, and beginning anew mends it; again and
// again it is the machine, or the node, and no donor's state stays right here.

import type { Clock } from '../ports/clock.ts'

/** The last of them, within the time, is one too many. */
export const divergencesMax = 3
export const divergencesWithinMs: number = 10 * 60_000

export class Divergences {
  readonly #clock: Clock
  readonly #atMs: number[] = []
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Since the replica was opened. */
  get count(): number {
    return this.#count
  }

  /** One more. Whether the replica may begin anew. */
  note(): boolean {
    const nowMs = this.#clock.monotonicMs()
    this.#count += 1
    this.#atMs.push(nowMs)
    if (this.#atMs.length > divergencesMax) this.#atMs.shift()
    const first = this.#atMs[0] as number
    return this.#atMs.length < divergencesMax || nowMs - first > divergencesWithinMs
  }
}

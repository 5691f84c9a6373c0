// Checking linearizability is NP-complete: a search that may not end must be told when to give up, and say so.

/** How far a check goes before it says `too-large`. */
export interface Limits {
  /** Calls of the model's `step`, over all keys. A million by default: seconds at most, and some 200 MB. */
  readonly stepsMax?: number
  /** Unlimited by default, so that a verdict does not depend on the machine. */
  readonly timeMs?: number
}

const stepsBetweenLooksAtTheClock = 1024

export class Budget {
  readonly #stepsMax: number
  readonly #endMs: number
  #steps = 0
  #late = false

  constructor({ stepsMax = 1_000_000, timeMs = Number.POSITIVE_INFINITY }: Limits) {
    this.#stepsMax = stepsMax
    this.#endMs = performance.now() + timeMs
  }

  get steps(): number {
    return this.#steps
  }

  /** Takes one step; false when there is none left. */
  spend(): boolean {
    if (this.#steps >= this.#stepsMax || this.#late) return false
    if (this.#steps % stepsBetweenLooksAtTheClock === 0) this.#late = performance.now() > this.#endMs
    this.#steps++
    return !this.#late
  }
}

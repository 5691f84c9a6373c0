// What clients asked for and what became of it, with instants of one clock.

import type { ClientInput, Outcome } from './orders.ts'

/** One operation. */
export interface Recorded {
  readonly client: string
  readonly input: ClientInput
  /** Before it was handed over; the outcome says more exactly when the replica was asked. */
  readonly invokedAt: number
  /** `null`: it was never answered. */
  outcome: Outcome | null
}

/** How many operations became what. */
export interface OperationCounts {
  readonly ok: number
  readonly failed: number
  readonly unknown: number
}

/** The longest time in which no operation succeeded anywhere. */
export interface Standstill {
  readonly beginMs: number
  readonly lastsMs: number
}

export class History {
  readonly operations: Recorded[] = []
  readonly #beginMs: number
  #counts = { ok: 0, failed: 0, unknown: 0 }
  #lastOkAt: number
  #longest: Standstill = { beginMs: 0, lastsMs: 0 }

  /** @param beginMs instant from which on standstills count */
  constructor(beginMs: number) {
    this.#beginMs = beginMs
    this.#lastOkAt = beginMs
  }

  begin(operation: Omit<Recorded, 'outcome'>): Recorded {
    const recorded = { ...operation, outcome: null }
    this.operations.push(recorded)
    return recorded
  }

  end(recorded: Recorded, outcome: Outcome): void {
    recorded.outcome = outcome
    this.#counts[outcome.became === 'unapplied' ? 'failed' : outcome.became] += 1
    if (outcome.became === 'ok') this.#succeeded(outcome.returnedAt)
  }

  /** Those without an answer are unknown. */
  get counts(): OperationCounts {
    const { ok, failed } = this.#counts
    return { ok, failed, unknown: this.operations.length - ok - failed }
  }

  /** Instant of the latest success. */
  get lastOkAt(): number {
    return this.#lastOkAt
  }

  /** Milliseconds from the beginning. */
  standstill(nowMs: number): Standstill {
    this.#compare(nowMs)
    return this.#longest
  }

  /** Answers of different processes come in any order. */
  #succeeded(atMs: number): void {
    this.#compare(atMs)
    this.#lastOkAt = Math.max(this.#lastOkAt, atMs)
  }

  #compare(atMs: number): void {
    const lastsMs = atMs - this.#lastOkAt
    if (lastsMs > this.#longest.lastsMs) this.#longest = { beginMs: this.#lastOkAt - this.#beginMs, lastsMs }
  }
}

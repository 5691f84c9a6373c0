// The node's wall clock as it is told to the engine: when it was set or has drifted. Design: docs/protocol.md, "Cluster
// time, timers".

import type { Clock } from '../ports/clock.ts'

/** How often it is looked at, at most. */
const lookMs = 1000
/** Less is the grain of the clock. */
const driftMsMin = 5

export class WallClock {
  readonly #clock: Clock
  #offsetMs: number
  #lookDueMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    const nowMs = clock.monotonicMs()
    this.#offsetMs = clock.wallMs() - nowMs
    this.#lookDueMs = nowMs + lookMs
  }

  /** Milliseconds since 1970 minus the monotonic clock, as told last. */
  get offsetMs(): number {
    return this.#offsetMs
  }

  /** Looks, if it is time to. True: `offsetMs` is another one now. */
  hasChanged(nowMs: number): boolean {
    if (nowMs < this.#lookDueMs) return false
    this.#lookDueMs = nowMs + lookMs
    const offsetMs = this.#clock.wallMs() - nowMs
    if (Math.abs(offsetMs - this.#offsetMs) < driftMsMin) return false
    this.#offsetMs = offsetMs
    return true
  }
}

// A node's clock on the world's time: its rate and its wall clock are faults. And the timers of one process.

import type { CancelTimer } from '@quorate/core'
import type { Environment } from './environment.ts'

const wallBeginMs = 1_700_000_000_000

export class NodeClock {
  readonly #environment: Environment
  #rate = 1
  #baseMs = 0
  #sinceUs = 0
  #jumpedMs = 0

  constructor(environment: Environment) {
    this.#environment = environment
  }

  monotonicMs(): number {
    return this.#baseMs + ((this.#environment.nowUs - this.#sinceUs) * this.#rate) / 1000
  }

  wallMs(): number {
    return wallBeginMs + this.#jumpedMs + Math.floor(this.monotonicMs())
  }

  /** The world's time at which this clock shows `monotonicMs`, if its rate stays. */
  usAt(monotonicMs: number): number {
    return this.#sinceUs + Math.ceil(((monotonicMs - this.#baseMs) * 1000) / this.#rate)
  }

  /** Goes on at `rate` of the world's time; 1 is right. */
  drift(rate: number): void {
    this.#baseMs = this.monotonicMs()
    this.#sinceUs = this.#environment.nowUs
    this.#rate = rate
  }

  jump(ms: number): void {
    this.#jumpedMs += ms
  }
}

interface Timer {
  readonly dueMs: number
  readonly fire: () => void
}

/** The timers of one process, on its node's monotonic time. */
export class Timers {
  #timers: Timer[] = []
  /** When the first is due; `Infinity` without one. */
  nextMs: number = Number.POSITIVE_INFINITY

  set(dueMs: number, fire: () => void): CancelTimer {
    const timer = { dueMs, fire }
    this.#timers.push(timer)
    if (dueMs < this.nextMs) this.nextMs = dueMs
    return () => this.#remove(timer)
  }

  /** Takes the timer that is due first. */
  take(): (() => void) | undefined {
    const timer = this.#timers.find(({ dueMs }) => dueMs === this.nextMs)
    if (timer !== undefined) this.#remove(timer)
    return timer?.fire
  }

  #remove(timer: Timer): void {
    const place = this.#timers.indexOf(timer)
    if (place >= 0) this.#timers.splice(place, 1)
    this.nextMs = Number.POSITIVE_INFINITY
    for (const { dueMs } of this.#timers) if (dueMs < this.nextMs) this.nextMs = dueMs
  }
}

// The clock of a replica in production: Node's monotonic clock, wall clock and timers.

import type { Clock } from '../ports/clock.ts'

/** Node takes a longer delay for none at all. */
const timeoutMsMax = 2 ** 31 - 1

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  setTimer(delayMs, fire) {
    const dueMs = performance.now() + delayMs
    const begin = (waitMs: number): NodeJS.Timeout =>
      setTimeout(look, Math.min(Math.ceil(waitMs), timeoutMsMax))
    // Node's timers run by a clock that it reads once a turn, so they can be early by a fraction of a millisecond.
    const look = (): void => {
      const restMs = dueMs - performance.now()
      if (restMs <= 0) fire()
      else timeout = begin(restMs)
    }
    let timeout = begin(delayMs)
    return () => clearTimeout(timeout)
  },
}

// Turns of the event loop, and the longest of them: nothing else of the process runs meanwhile.

import { setImmediate as nextTurn } from 'node:timers/promises'

export interface Turns {
  readonly seconds: number
  readonly longestMs: number
}

/** @param turn what is done in each; returns whether it was the last */
export async function takeTurns(turn: () => boolean): Promise<Turns> {
  const beginMs = performance.now()
  let longestMs = 0
  for (let isLast = false; !isLast; await nextTurn()) {
    const turnMs = performance.now()
    isLast = turn()
    longestMs = Math.max(longestMs, performance.now() - turnMs)
  }
  return { seconds: (performance.now() - beginMs) / 1000, longestMs }
}

/** Nanoseconds for each of `count` calls. */
export function nanosecondsEach(count: number, call: (place: number) => unknown): number {
  const beginMs = performance.now()
  for (let place = 0; place < count; place++) call(place)
  return ((performance.now() - beginMs) * 1e6) / count
}

// A binary heap of timers: the earliest first, and of those the one that was scheduled first.

import type { Timer } from './timers.ts'

export function compareTimers(a: Timer, b: Timer): number {
  return a.atMs - b.atMs || a.sequence - b.sequence
}

export class TimerQueue {
  #heap: Timer[] = []

  get size(): number {
    return this.#heap.length
  }

  get first(): Timer | undefined {
    return this.#heap[0]
  }

  /** Holds exactly these from now on. */
  fill(timers: Iterable<Timer>): void {
    // A sorted array is a heap.
    this.#heap = [...timers].sort(compareTimers)
  }

  push(timer: Timer): void {
    const heap = this.#heap
    let place = heap.length
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above] as Timer
      if (compareTimers(parent, timer) <= 0) break
      heap[place] = parent
      place = above
    }
    heap[place] = timer
  }

  pop(): Timer | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) this.#sink(last)
    return first
  }

  /** Puts `timer` in at the top and down to where it belongs. */
  #sink(timer: Timer): void {
    const heap = this.#heap
    let place = 0
    for (let below = this.#earlierChild(place); below !== null; below = this.#earlierChild(place)) {
      const child = heap[below] as Timer
      if (compareTimers(timer, child) <= 0) break
      heap[place] = child
      place = below
    }
    heap[place] = timer
  }

  #earlierChild(place: number): number | null {
    const [left, right] = [this.#heap[2 * place + 1], this.#heap[2 * place + 2]]
    if (left === undefined) return null
    return right !== undefined && compareTimers(right, left) < 0 ? 2 * place + 2 : 2 * place + 1
  }
}

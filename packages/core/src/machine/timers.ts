// The timers of the machine: commands that fall due at a cluster time. In order of time, then of scheduling, and the
// same on every replica. Each change is noted, so that what failed or was rejected can be taken back.

import { compareTimers, TimerQueue } from './timer-queue.ts'

/** A command that waits for its time. */
export interface Timer {
  readonly key: string
  /** Cluster time, milliseconds. */
  readonly atMs: number
  /** Counts the schedulings of the group: breaks ties. */
  readonly sequence: number
  /** As `encodeCommand` made it. */
  readonly command: Uint8Array
}

interface Change {
  readonly key: string
  readonly before: Timer | undefined
  readonly scheduledBefore: number
}

export class Timers {
  readonly #byKey = new Map<string, Timer>()
  /** Holds what was cancelled or replaced too: that is passed over when it comes up. */
  readonly #queue = new TimerQueue()
  readonly #journal: Change[] = []
  #scheduled: number

  constructor(timers: readonly Timer[] = [], scheduled = 0) {
    for (const timer of timers) this.#set(timer.key, timer)
    this.#scheduled = scheduled
  }

  get size(): number {
    return this.#byKey.size
  }

  /** How many the queue holds, stale ones included: less than twice `size`, and some. */
  get queued(): number {
    return this.#queue.size
  }

  /** How many were ever scheduled. */
  get scheduled(): number {
    return this.#scheduled
  }

  /** When the next one is due. */
  get nextMs(): number | null {
    return this.#first()?.atMs ?? null
  }

  /** All, in order. */
  all(): readonly Timer[] {
    return [...this.#byKey.values()].sort(compareTimers)
  }

  has(key: string): boolean {
    return this.#byKey.has(key)
  }

  /** Replaces the timer that has this key. */
  schedule(key: string, atMs: number, command: Uint8Array): void {
    this.#change(key, { key, atMs, sequence: this.#scheduled + 1, command })
    this.#scheduled += 1
  }

  cancel(key: string): void {
    if (this.#byKey.has(key)) this.#change(key, undefined)
  }

  /** Cancels `timer`, unless it no longer stands. */
  take(timer: Timer): boolean {
    const stands = this.#stands(timer)
    if (stands) this.#change(timer.key, undefined)
    return stands
  }

  /** Those that are due, in order. They stand until they are taken. */
  due(nowMs: number): readonly Timer[] {
    const due = new Set<Timer>()
    for (let first = this.#first(); first !== undefined && first.atMs <= nowMs; first = this.#first()) {
      due.add(first)
      this.#queue.pop()
    }
    for (const timer of due) this.#queue.push(timer)
    return [...due]
  }

  /** Names this moment for `rollback`. */
  mark(): number {
    return this.#journal.length
  }

  /** Takes back all changes since `mark`. */
  rollback(mark: number): void {
    while (this.#journal.length > mark) {
      const { key, before, scheduledBefore } = this.#journal.pop() as Change
      this.#set(key, before)
      this.#scheduled = scheduledBefore
    }
  }

  /** What was done until now is not taken back any more. */
  keep(): void {
    this.#journal.length = 0
  }

  #change(key: string, timer: Timer | undefined): void {
    this.#journal.push({ key, before: this.#byKey.get(key), scheduledBefore: this.#scheduled })
    this.#set(key, timer)
  }

  #set(key: string, timer: Timer | undefined): void {
    if (timer === undefined) this.#byKey.delete(key)
    else {
      this.#byKey.set(key, timer)
      this.#queue.push(timer)
    }
    // A lease that is renewed all the time leaves a stale timer in the queue each time.
    if (this.#queue.size > 2 * this.#byKey.size + 64) this.#queue.fill(this.#byKey.values())
  }

  #first(): Timer | undefined {
    while (this.#queue.first !== undefined && !this.#stands(this.#queue.first)) this.#queue.pop()
    return this.#queue.first
  }

  #stands(timer: Timer): boolean {
    return this.#byKey.get(timer.key) === timer
  }
}

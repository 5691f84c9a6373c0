// The timers that are due, as commands. One that an earlier one cancels or replaces does not fire any more.

import type { Batch } from './application.ts'
import { CommandBatch } from './command-batch.ts'
import type { Timer, Timers } from './timers.ts'

export class TimerBatch implements Batch {
  readonly #timers: Timers
  readonly #due: readonly Timer[]
  name: string | null = null
  input: unknown

  constructor(timers: Timers, nowMs: number) {
    this.#timers = timers
    this.#due = timers.due(nowMs)
  }

  get count(): number {
    return this.#due.length
  }

  read(place: number): void {
    const timer = this.#due[place] as Timer
    this.name = null
    if (!this.#timers.take(timer)) return
    const command = new CommandBatch(timer.command, 1)
    command.read(0)
    this.name = command.name
    this.input = command.input
  }

  /** Those that rejected have fired too: what they did is undone, and with it that they were taken. */
  finish(): void {
    for (const timer of this.#due) this.#timers.take(timer)
  }
}

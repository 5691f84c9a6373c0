// What became of one simulated disk, process by process: for a test that lets a real one go through the same.

import type { StorageWrite } from '@quorate/core'
import type { LoopStorage } from '@quorate/core/simulation'

/** A disk while one process had it open. */
export interface DiskLife {
  /** What the process began with; its snapshot's decoder is used up. */
  readonly stored: LoopStorage['stored']
  /** What it was given, in order. */
  readonly writes: readonly StorageWrite[]
  /** How many of them were done, each time that it had finished some. */
  readonly done: readonly number[]
  /** How many of them were there when the process had ended: all that were done, and perhaps the first few others. */
  readonly kept: number
  /** Then everything on it was lost. */
  readonly isLost: boolean
}

type OpenLife = { -readonly [Key in keyof DiskLife]: DiskLife[Key] }

export class DiskJournal {
  readonly #lives: OpenLife[] = []
  #writes: StorageWrite[] = []
  #done: number[] = []

  /** The last of them may be going on. */
  get lives(): readonly DiskLife[] {
    return this.#lives
  }

  opened(stored: LoopStorage['stored']): void {
    this.#writes = []
    this.#done = []
    this.#lives.push({ stored, writes: this.#writes, done: this.#done, kept: 0, isLost: false })
  }

  given(write: StorageWrite): void {
    this.#writes.push(write)
  }

  /** The first of those that were not there is there now. */
  kept(): void {
    this.#last.kept += 1
  }

  /** All that are there are done. */
  finished(): void {
    if (this.#done.at(-1) !== this.#last.kept) this.#done.push(this.#last.kept)
  }

  lost(): void {
    this.#last.isLost = true
  }

  get #last(): OpenLife {
    return this.#lives.at(-1) as OpenLife
  }
}

// One node's disk: writes are on it some time after they were given, in order; a crash keeps any first few of those
// that were not done, each whole. Slow, full and lost disks are faults.

import type { StorageWrite, Stored } from '@quorate/core'
import type { LoopStorage } from '@quorate/core/simulation'
import { DiskImage } from './disk-image.ts'
import type { DiskJournal } from './disk-journal.ts'
import type { Environment } from './environment.ts'

type Done = (error?: Error) => void

/** A `done` that its process has not heard yet. */
export interface Written {
  readonly done: Done
  readonly error: Error | undefined
}

interface Pending {
  readonly write: StorageWrite
  readonly done: Done
}

/** What the first entry of an empty log follows. */
const beginning = { index: 0, chain: 0 as Stored['start']['chain'] }

export class Disk {
  readonly #environment: Environment
  readonly #journal: DiskJournal | null
  #image = new DiskImage(beginning)
  #pending: Pending[] = []
  /** The process that has it open was told an error: it gets nothing else any more. */
  #failed = false
  full = false
  /** Until then no write is done. */
  slowUntilUs = 0

  constructor(environment: Environment, journal: DiskJournal | null = null) {
    this.#environment = environment
    this.#journal = journal
  }

  /** Nothing waits to be written. */
  get idle(): boolean {
    return this.#pending.length === 0
  }

  /** For a process that starts. */
  open(): LoopStorage['stored'] {
    this.#failed = false
    if (this.#environment.random.oneIn(2)) this.full = false
    this.#image.dropParts()
    const stored = this.#image.load()
    this.#journal?.opened(stored)
    return stored
  }

  write(write: StorageWrite, done: Done): void {
    // The writer goes on using its arrays.
    const own = write.append ? { ...write, append: [...write.append] } : write
    this.#pending.push({ write: own, done })
    this.#journal?.given(own)
  }

  /** The oldest writes are done. */
  complete(count: number): readonly Written[] {
    if (this.#pending.length === 0 || this.slowUntilUs > this.#environment.nowUs) return []
    const written = this.#pending
      .splice(0, count)
      .map(({ write, done }) => ({ done, error: this.#finish(write) }))
    if (!this.#failed) this.#journal?.finished()
    return written
  }

  /** The process or the node has ended: some of what was not done is there nevertheless. */
  crash(): void {
    const { random, statistics } = this.#environment
    const kept = random.below(this.#pending.length + 1)
    const surviving = this.#failed || this.full ? 0 : kept
    for (const { write } of this.#pending.slice(0, surviving)) this.#apply(write)
    statistics.count('pending write survived a crash', surviving)
    statistics.count('pending write lost at a crash', this.#pending.length - surviving)
    this.#pending = []
  }

  /** There is room again, and it is fast; a process that was told an error hears it further on. */
  mend(): void {
    this.full = false
    this.slowUntilUs = 0
  }

  /** Everything on it is gone. */
  wipe(): void {
    this.#image = new DiskImage(beginning)
    this.#journal?.lost()
  }

  #apply(write: StorageWrite): void {
    this.#image.apply(write)
    this.#journal?.kept()
  }

  #finish(write: StorageWrite): Error | undefined {
    if (this.#failed || this.full) return this.#fail(write)
    this.#apply(write)
    this.#environment.count('write done')
    return undefined
  }

  /** The first write that fails may be on the disk all the same; those after it are not. */
  #fail(write: StorageWrite): Error {
    if (!this.#failed && this.#environment.random.oneIn(2)) {
      this.#apply(write)
      this.#environment.count('failed write that is there all the same')
    }
    this.#failed = true
    this.#environment.count('write failed')
    return new Error('No space left on the simulated disk.')
  }
}

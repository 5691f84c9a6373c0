// A disk within the process: for tests, and for replicas that are opened again in one process. What was written is
// on it a turn later.

import type { Storage, StorageWrite, Stored } from '../ports/storage.ts'
import { DiskImage } from './disk-image.ts'

interface PendingWrite {
  readonly write: StorageWrite
  readonly done: (error?: Error) => void
}

/**
 * Outlives the storages that are opened on it, one at a time.
 *
 * @example
 * const disk = new MemoryDisk()
 * const replica = await openReplica({ machine, group, transport, voters, storage: disk.open() })
 */
export class MemoryDisk {
  readonly #image = new DiskImage()
  #opened: MemoryStorage | null = null

  /** @throws {Error} the storage that was opened before is in use */
  open(): Storage {
    if (this.#opened?.inUse === true)
      throw new Error('This disk is in use: close its storage first, or let it crash.')
    this.#image.dropParts()
    this.#opened = new MemoryStorage(this.#image)
    return this.#opened
  }

  /** What replicas on it have set aside, oldest first: see `StorageWrite.setAside`. */
  get asides(): readonly Stored[] {
    return this.#image.asides
  }

  /** The process dies, or the power goes: writes that are not done are lost, and nobody hears of them. */
  crash(): void {
    this.#opened?.crash()
  }

  /** From now on each write of the open storage fails, as on a disk that is full or broken. */
  fail(error: Error): void {
    this.#opened?.fail(error)
  }
}

class MemoryStorage implements Storage {
  readonly #image: DiskImage
  #pending: PendingWrite[] = []
  #scheduled = false
  #error: Error | null = null
  #state: 'open' | 'closing' | 'gone' = 'open'
  #onIdle: () => void = () => {}

  constructor(image: DiskImage) {
    this.#image = image
  }

  get inUse(): boolean {
    return this.#state !== 'gone'
  }

  async load(): Promise<Stored | null> {
    return this.#image.load()
  }

  write(write: StorageWrite, done: (error?: Error) => void): void {
    if (this.#state !== 'open') throw new Error('The storage is closed; open the disk again to write.')
    this.#pending.push({ write, done })
    this.#schedule()
  }

  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closing'
    await new Promise<void>((resolve) => {
      const before = this.#onIdle
      this.#onIdle = () => {
        before()
        resolve()
      }
      if (!this.#scheduled) this.#onIdle()
    })
    this.#state = 'gone'
  }

  crash(): void {
    this.#state = 'gone'
    this.#pending = []
  }

  fail(error: Error): void {
    this.#error = error
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#sync())
  }

  /** What comes in meanwhile waits for the next turn. */
  #sync(): void {
    const due = this.#pending
    this.#pending = []
    for (const pending of due) {
      // One of them may end it all.
      if (this.#state !== 'gone') this.#finish(pending)
    }
    this.#scheduled = false
    if (this.#pending.length > 0) this.#schedule()
    else this.#onIdle()
  }

  /** After a failed write every later one fails. */
  #finish({ write, done }: PendingWrite): void {
    if (this.#error === null) this.#apply(write)
    if (this.#error === null) done()
    else done(this.#error)
  }

  #apply(write: StorageWrite): void {
    try {
      this.#image.apply(write)
    } catch (error) {
      this.#error = error as Error
    }
  }
}

// A storage that says how long a snapshot takes: from its first part until it is the one on disk.

import type { Storage, StorageWrite, Stored } from '@quorate/core'

export interface TimedSnapshot {
  readonly milliseconds: number
  readonly bytes: number
}

export class TimedStorage implements Storage {
  readonly #storage: Storage
  #beginMs = 0
  #bytes = 0
  #told: ((snapshot: TimedSnapshot) => void) | undefined

  constructor(storage: Storage) {
    this.#storage = storage
  }

  /** The next one that is stored as a whole. */
  nextSnapshot(): Promise<TimedSnapshot> {
    return new Promise((resolve) => {
      this.#told = resolve
    })
  }

  load(): Promise<Stored | null> {
    return this.#storage.load()
  }

  write(write: StorageWrite, done: (error?: Error) => void): void {
    if (write.part?.offset === 0) [this.#beginMs, this.#bytes] = [performance.now(), 0]
    this.#bytes += write.part?.bytes.length ?? 0
    // The first part of another one may come before this one is stored.
    const [beginMs, bytes] = [this.#beginMs, this.#bytes]
    this.#storage.write(write, (error) => {
      if (error === undefined && write.snapshot !== undefined)
        this.#tell({ milliseconds: performance.now() - beginMs, bytes })
      done(error)
    })
  }

  close(): Promise<void> {
    return this.#storage.close()
  }

  #tell(snapshot: TimedSnapshot): void {
    this.#told?.(snapshot)
    this.#told = undefined
  }
}

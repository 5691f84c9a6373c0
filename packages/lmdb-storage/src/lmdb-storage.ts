// The storage: writes that come while a transaction is under way go together into the next one. Design:
// docs/protocol.md, "Order of disk and messages".

import { setImmediate as turn } from 'node:timers/promises'
import type { Storage, StorageWrite, Stored } from '@quorate/core'
import { type Contents, decodeJson, type Head, type Root } from './contents.ts'
import type { DataFile } from './data-file.ts'
import type { DirectoryLock } from './directory-lock.ts'
import { writeFailed } from './errors.ts'
import { withGarbage } from './garbage.ts'
import { headKey, rootKey } from './keys.ts'
import { Loading } from './loading.ts'
import { Plan } from './plan.ts'

/** A transaction takes no more writes when its values have as many bytes: the others shall not wait longer for theirs. */
const transactionBytesMax = 8 * 1024 * 1024

interface PendingWrite {
  readonly write: StorageWrite
  readonly done: (error?: Error) => void
}

/** A storage on LMDB. */
export class LmdbStorage implements Storage {
  readonly #path: string
  readonly #file: DataFile
  readonly #lock: DirectoryLock
  readonly #loading: Loading
  #contents: Contents
  #pending: PendingWrite[] = []
  #failure: Error | null = null
  #working: Promise<void> | null = null
  #closed: Promise<void> | null = null

  constructor(path: string, file: DataFile, lock: DirectoryLock) {
    this.#path = path
    this.#file = file
    this.#lock = lock
    this.#loading = new Loading(path, file)
    const root = decodeJson<Root>(file.read(rootKey))
    this.#contents = { root: withoutParts(root), head: this.#headOf(root.current) }
  }

  load(): Promise<Stored | null> {
    return this.#loading.load(this.#contents.root.current, this.#contents.head)
  }

  /** What replicas on this directory have set aside, oldest first: see `StorageWrite.setAside`. Their pieces, as `load`'s. */
  async asides(): Promise<readonly Stored[]> {
    const stored = this.#contents.root.asides.map((holding) =>
      this.#loading.load(holding, this.#headOf(holding)),
    )
    return (await Promise.all(stored)) as Stored[]
  }

  write(write: StorageWrite, done: (error?: Error) => void): void {
    if (this.#closed !== null) throw new Error('The storage is closed; open it again to write.')
    this.#pending.push({ write, done })
    this.#working ??= this.#work()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await this.#working
    await this.#file.close()
    await this.#lock.release()
  }

  async #work(): Promise<void> {
    // Those that are handed over together go together. To wait for the next turn would put off what is alone.
    await null
    while (this.#pending.length > 0) await this.#commit()
    this.#working = null
  }

  async #commit(): Promise<void> {
    let count = this.#pending.length
    try {
      if (this.#failure === null) count = await this.#commitFirst()
    } catch (error) {
      this.#failure = writeFailed(this.#path, error as Error)
    }
    // Whoever wrote hears of it on a later turn, also of what was not even tried.
    if (this.#failure !== null) await turn()
    const failure = this.#failure ?? undefined
    // Each by itself: what one of them throws is the program's, and the others hear all the same.
    for (const { done } of this.#pending.splice(0, count)) queueMicrotask(() => done(failure))
  }

  /** How many writes are on disk now: the first of those that wait. */
  async #commitFirst(): Promise<number> {
    const { plan, count } = this.#plan()
    await this.#file.commit(plan.finish())
    this.#contents = plan.contents
    return count
  }

  /** Those before a write that cannot be done go first; it is met again then, and fails. */
  #plan(): { readonly plan: Plan; readonly count: number } {
    const plan = this.#emptyPlan()
    let count = 0
    try {
      for (; count < this.#pending.length && plan.bytes < transactionBytesMax; count++)
        plan.add((this.#pending[count] as PendingWrite).write)
      return { plan, count }
    } catch (error) {
      if (count === 0) throw error
      return { plan: this.#planOf(this.#pending.slice(0, count)), count }
    }
  }

  #planOf(pending: readonly PendingWrite[]): Plan {
    const plan = this.#emptyPlan()
    for (const { write } of pending) plan.add(write)
    return plan
  }

  #emptyPlan(): Plan {
    return new Plan(this.#contents, (key) => this.#file.read(key))
  }

  #headOf(holding: number): Head {
    return decodeJson<Head>(this.#file.read(headKey(holding)))
  }
}

/** Whoever wrote them is gone, and nobody goes on with them. On disk with the next write that clears some. */
function withoutParts(root: Root): Root {
  const { parts, garbage } = root
  if (parts === null) return root
  return {
    ...root,
    parts: null,
    garbage: withGarbage(garbage, { kind: 'part', id: parts.id, from: 0, to: parts.count - 1 }),
  }
}

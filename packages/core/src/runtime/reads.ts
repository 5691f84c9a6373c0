// Linearizable reads: each waits until the loop says that the state answers it. Design: docs/protocol.md, "Reads".

import { QuorateError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Input } from '../protocol/input.ts'
import { readGivenUp } from './failures.ts'
import { type CallOptions, checkCallOptions, checkPatience, limitPatience } from './patience.ts'

export interface ReadsOptions {
  readonly clock: Clock
  /** As they are now. */
  limits(): { readonly openCommandsMax: number }
  input(input: Input): void
}

/** One reader's wait. */
interface Read {
  answer(): void
  fail(error: Error): void
}

export class Reads {
  readonly #options: ReadsOptions
  readonly #open = new Map<number, Read>()
  /** Given up, and still attached to a marker that comes some time. */
  readonly #abandoned = new Set<number>()
  #last = 0

  constructor(options: ReadsOptions) {
    this.#options = options
  }

  get open(): number {
    return this.#open.size
  }

  /** Fulfilled with what `select` returns when the state is current; it is called once. */
  read<T>(select: () => T, call: CallOptions): Promise<T> {
    return new Promise((resolve, reject) => {
      checkCallOptions(call)
      checkPatience(call)
      this.#checkRoom()
      const read = ++this.#last
      const calmDown = limitPatience(this.#options.clock, call, (reason, cause) => {
        this.#abandon(read, readGivenUp(reason, cause))
      })
      this.#open.set(read, {
        answer() {
          calmDown()
          answer(select, resolve, reject)
        },
        fail(error) {
          calmDown()
          reject(error)
        },
      })
      this.#options.input({ type: 'read', read })
    })
  }

  readable(reads: readonly number[]): void {
    for (const read of reads) {
      const open = this.#open.get(read)
      this.#open.delete(read)
      this.#abandoned.delete(read)
      open?.answer()
    }
  }

  /** Another loop, which knows of no read. */
  beginAnew(): void {
    this.#abandoned.clear()
    for (const read of this.#open.keys()) this.#options.input({ type: 'read', read })
  }

  /** All that are open fail. */
  fail(error: QuorateError): void {
    for (const read of [...this.#open.keys()]) this.#abandon(read, error)
  }

  #abandon(read: number, error: Error): void {
    const open = this.#open.get(read)
    if (open === undefined) return
    this.#open.delete(read)
    this.#abandoned.add(read)
    open.fail(error)
  }

  #checkRoom(): void {
    const { openCommandsMax: readsMax } = this.#options.limits()
    if (this.#open.size + this.#abandoned.size < readsMax) return
    throw new QuorateError(
      'Overloaded',
      `${readsMax} reads are open: try again when some of them are answered`,
    )
  }
}

function answer<T>(select: () => T, resolve: (value: T) => void, reject: (error: unknown) => void): void {
  try {
    resolve(select())
  } catch (error) {
    reject(error)
  }
}

// What the machine emits with ctx.emit, as streams to be read at the reader's own pace, within bounds.

import { QuorateError } from '../errors.ts'
import type { Index } from '../log/entry.ts'

/** One call of `ctx.emit`. */
export interface Emitted {
  /** Of the entry. Several events may have the same. */
  readonly index: Index
  /** A frozen copy of what was given to `ctx.emit`. */
  readonly event: unknown
}

/** Ended by `return()`, as `break` in a `for await` does, also while `next()` waits; else with the replica. */
export type EmittedStream = AsyncIterableIterator<Emitted, void, void> & AsyncDisposable

/** As they are now. */
type EventLimits = () => { readonly unreadEventsMax: number }

export class EmittedEvents {
  readonly #limits: EventLimits
  readonly #readers = new Set<Reader>()
  #emittedTo: Index = 0
  #ended = false

  constructor(limits: EventLimits) {
    this.#limits = limits
  }

  /** All from now on. */
  stream(): EmittedStream {
    const reader: Reader = new Reader(this.#limits, () => this.#readers.delete(reader))
    if (this.#ended) reader.end()
    else this.#readers.add(reader)
    return reader
  }

  /** Once for each index: a replica that begins anew may apply entries again. */
  emit(index: Index, events: readonly unknown[]): void {
    if (index <= this.#emittedTo) return
    this.#emittedTo = index
    for (const event of events) for (const reader of this.#readers) reader.add({ index, event })
  }

  /** Another history takes the place of what was applied: nothing of it was emitted yet. */
  beginAnew(): void {
    this.#emittedTo = 0
  }

  /** Readers get what is there, then the end. */
  end(): void {
    this.#ended = true
    for (const reader of this.#readers) reader.end()
    this.#readers.clear()
  }
}

type Result = IteratorResult<Emitted, void>
const done: Result = { done: true, value: undefined }

/** No generator: one that waits in `next` could not be ended, and one that was never read would stay for ever. */
class Reader implements EmittedStream {
  readonly #limits: EventLimits
  readonly #leave: () => void
  readonly #unread: Emitted[] = []
  readonly #waiting: ((result: Result) => void)[] = []
  #overflowed = false
  #ended = false

  constructor(limits: EventLimits, leave: () => void) {
    this.#limits = limits
    this.#leave = leave
  }

  add(event: Emitted): void {
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) waiting({ done: false, value: event })
    else if (this.#unread.length < this.#limits().unreadEventsMax) this.#unread.push(event)
    else this.#overflow()
  }

  /** What is unread stays. */
  end(): void {
    this.#ended = true
    for (const waiting of this.#waiting.splice(0)) waiting(done)
  }

  async next(): Promise<Result> {
    const event = this.#unread.shift()
    if (event !== undefined) return { done: false, value: event }
    if (this.#overflowed) throw this.#lost()
    if (this.#ended) return done
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async return(): Promise<Result> {
    this.#leave()
    this.#unread.length = 0
    this.#overflowed = false
    this.end()
    return done
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #overflow(): void {
    this.#leave()
    this.#overflowed = true
    this.#ended = true
  }

  /** Told once; then the end. */
  #lost(): QuorateError {
    this.#overflowed = false
    return new QuorateError(
      'Overloaded',
      `${this.#limits().unreadEventsMax} events were not read in time, and further ones are lost: read faster, or raise ` +
        'limits.unreadEventsMax; begin again from replica.state',
    )
  }
}

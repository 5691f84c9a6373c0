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

export class EmittedEvents {
  readonly #unreadMax: number
  readonly #readers = new Set<Unread>()
  #emittedTo: Index = 0
  #ended = false

  constructor(unreadMax: number) {
    this.#unreadMax = unreadMax
  }

  /** All from now on. */
  stream(): AsyncGenerator<Emitted, void, void> {
    const unread = new Unread(this.#unreadMax)
    if (this.#ended) unread.end()
    else this.#readers.add(unread)
    return read(unread, () => this.#readers.delete(unread))
  }

  /** Once for each index: a replica that begins anew may apply entries again. */
  emit(index: Index, events: readonly unknown[]): void {
    if (index <= this.#emittedTo) return
    this.#emittedTo = index
    for (const unread of this.#readers) {
      for (const event of events) unread.add({ index, event })
      if (unread.overflowed) this.#readers.delete(unread)
    }
  }

  /** Readers get what is there, then the end. */
  end(): void {
    this.#ended = true
    for (const unread of this.#readers) unread.end()
    this.#readers.clear()
  }
}

/** What one reader has not read yet. */
class Unread {
  readonly max: number
  overflowed = false
  ended = false
  #events: Emitted[] = []
  #wake: () => void = () => {}

  constructor(max: number) {
    this.max = max
  }

  add(event: Emitted): void {
    if (this.#events.length < this.max) this.#events.push(event)
    else this.overflowed = true
    this.#wake()
  }

  end(): void {
    this.ended = true
    this.#wake()
  }

  take(): readonly Emitted[] {
    const events = this.#events
    this.#events = []
    return events
  }

  /** Fulfilled when there is something new. */
  async more(): Promise<void> {
    if (this.#events.length > 0 || this.ended || this.overflowed) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }
}

async function* read(unread: Unread, leave: () => void): AsyncGenerator<Emitted, void, void> {
  try {
    for (;;) {
      await unread.more()
      const events = unread.take()
      yield* events
      if (events.length > 0) continue
      if (unread.overflowed) throw overflowed(unread)
      return
    }
  } finally {
    leave()
  }
}

function overflowed({ max }: Unread): QuorateError {
  return new QuorateError(
    'Overloaded',
    `${max} events were not read in time, and further ones are lost: read faster, or raise limits.unreadEventsMax; ` +
      'begin again from replica.state',
  )
}

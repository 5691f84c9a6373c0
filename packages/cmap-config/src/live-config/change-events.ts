// Who is told of changes: listeners, those who wait for the next one, and readers of the stream.

import type { ConfigChange } from './change.ts'
import { ChangeReader } from './change-reader.ts'

/** One call of `on`: the same function may be given twice. */
interface Entry<T> {
  readonly listener: (change: ConfigChange<T>) => void
}

export class ChangeEvents<T> {
  readonly #entries = new Set<Entry<T>>()
  readonly #readers = new Set<ChangeReader<T>>()
  #ended = false

  /** What a listener throws is an uncaught exception, and disturbs nobody else. */
  tell(change: ConfigChange<T>): void {
    for (const reader of this.#readers) reader.add(change)
    for (const entry of this.#entries)
      queueMicrotask(() => {
        if (this.#entries.has(entry)) entry.listener(change)
      })
  }

  on(listener: (change: ConfigChange<T>) => void): () => void {
    const entry = { listener }
    this.#entries.add(entry)
    return () => this.#entries.delete(entry)
  }

  /** `undefined`: all has ended before. */
  async next(signal: AbortSignal | undefined): Promise<ConfigChange<T> | undefined> {
    signal?.throwIfAborted()
    const reader = this.stream()
    const leave = (): void => void reader.return()
    signal?.addEventListener('abort', leave)
    const { value } = await reader.next()
    signal?.removeEventListener('abort', leave)
    leave()
    signal?.throwIfAborted()
    return value
  }

  stream(): ChangeReader<T> {
    const reader: ChangeReader<T> = new ChangeReader(() => this.#readers.delete(reader))
    if (this.#ended) reader.end()
    else this.#readers.add(reader)
    return reader
  }

  /** Readers get what is there, then the end. */
  end(): void {
    this.#ended = true
    this.#entries.clear()
    for (const reader of this.#readers) reader.end()
    this.#readers.clear()
  }
}

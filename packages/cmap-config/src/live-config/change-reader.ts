// The changes as a stream to be read at the reader's own pace. A reader of configuration wants what holds now: what is
// unread is joined into one change.

import { type ConfigChange, joinConfigChanges } from './change.ts'

type Result<T> = IteratorResult<ConfigChange<T>, undefined>

export class ChangeReader<T> implements AsyncIterableIterator<ConfigChange<T>, undefined, void> {
  readonly #leave: () => void
  #unread: ConfigChange<T> | null = null
  #waiting: ((result: Result<T>) => void)[] = []
  #ended = false

  /** @param leave nobody reads any more */
  constructor(leave: () => void) {
    this.#leave = leave
  }

  add(change: ConfigChange<T>): void {
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) waiting({ done: false, value: change })
    else this.#unread = this.#unread === null ? change : joinConfigChanges(this.#unread, change)
  }

  /** What is unread stays. */
  end(): void {
    this.#ended = true
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined })
  }

  async next(): Promise<Result<T>> {
    const value = this.#unread
    this.#unread = null
    if (value !== null) return { done: false, value }
    if (this.#ended) return { done: true, value: undefined }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async return(): Promise<Result<T>> {
    this.#leave()
    this.#unread = null
    this.end()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

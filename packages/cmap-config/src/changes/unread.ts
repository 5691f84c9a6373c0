// The changes that wait for a reader, who takes one after the other. However slow the reader is, they are bounded: beyond
// the bound they are joined into one.

import type { CmapChanges } from '../config-map.ts'
import { joinChanges } from './join.ts'

type Result = IteratorResult<CmapChanges, undefined>

interface Waiting {
  resolve(result: Result): void
  reject(error: unknown): void
}

const done: Result = { done: true, value: undefined }

/** A queue between one who tells and those who read. */
export class UnreadChanges {
  readonly #max: number
  #unread: CmapChanges[] = []
  readonly #waiting: Waiting[] = []
  #ended = false
  #failure: { readonly error: unknown } | undefined

  /** @throws {RangeError} `unreadMax` is no whole number above 0 */
  constructor(unreadMax: number) {
    if (!Number.isInteger(unreadMax) || unreadMax < 1)
      throw new RangeError(`unreadMax is a whole number above 0, and not ${unreadMax}.`)
    this.#max = unreadMax
  }

  push(changes: CmapChanges): void {
    if (this.#ended) return
    const reader = this.#waiting.shift()
    if (reader === undefined) this.#keep(changes)
    else reader.resolve({ done: false, value: changes })
  }

  /** The next changes, when there are some; after the end, that it has ended. */
  next(): Promise<Result> {
    const changes = this.#unread.shift()
    if (changes !== undefined) return Promise.resolve({ done: false, value: changes })
    if (this.#failure !== undefined) return this.#fail(this.#failure.error)
    if (this.#ended) return Promise.resolve(done)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** There is nothing more to read, also of what waits. A second call does nothing. */
  end(): void {
    this.#ended = true
    this.#unread = []
    for (const reader of this.#waiting.splice(0)) reader.resolve(done)
  }

  /** The end, which one reader is told as an error. */
  fail(error: unknown): void {
    if (this.#ended) return
    const reader = this.#waiting.shift()
    if (reader === undefined) this.#failure = { error }
    else reader.reject(error)
    this.end()
  }

  #fail(error: unknown): Promise<Result> {
    this.#failure = undefined
    return Promise.reject(error)
  }

  /** Changes that undo one another leave nothing to read. */
  #keep(changes: CmapChanges): void {
    this.#unread.push(changes)
    if (this.#unread.length <= this.#max) return
    const joined = joinChanges(this.#unread)
    this.#unread = joined.differences.length > 0 ? [joined] : []
  }
}

// A queue whose items keep the position at which they were pushed: the first item ever has position 0.
// Array.shift moves every item once an array is long; here the taken ones are cut off in large pieces.

const takenBeforeCut = 1024

export class Fifo<T> {
  #items: T[] = []
  #taken = 0
  #cut = 0

  /** Position of the oldest item still here. */
  get start(): number {
    return this.#cut + this.#taken
  }

  /** Position that the next pushed item gets. */
  get end(): number {
    return this.#cut + this.#items.length
  }

  get length(): number {
    return this.#items.length - this.#taken
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** @throws {RangeError} there is no item at this position, or no more */
  at(position: number): T {
    if (position < this.start || position >= this.end) {
      throw new RangeError(`Position ${position} is not in the queue (${this.start} to ${this.end - 1}).`)
    }
    return this.#items[position - this.#cut] as T
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.at(this.start)
    this.dropBefore(this.start + 1)
    return item
  }

  /** Drops what was pushed before `position`. */
  dropBefore(position: number): void {
    this.#taken = Math.max(this.#taken, Math.min(position, this.end) - this.#cut)
    if (this.#taken < takenBeforeCut || this.#taken * 2 < this.#items.length) return
    this.#items = this.#items.slice(this.#taken)
    this.#cut += this.#taken
    this.#taken = 0
  }

  /** Drops what was pushed at `position` and after it. */
  dropFrom(position: number): void {
    this.#items.length = Math.min(this.#items.length, Math.max(position, this.start) - this.#cut)
  }
}

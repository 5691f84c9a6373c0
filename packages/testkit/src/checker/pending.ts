// Operations in the order of their invocation, of which one after the other is taken out and put back in reverse
// order. A doubly linked list, as in Lowe's "Testing for linearizability": taking and putting back cost nothing.

/** One operation in the list. It keeps its neighbours while it is taken, which is how it finds back. */
export interface Entry<Item> {
  readonly item: Item
  readonly position: number
  previous: Entry<Item> | null
  next: Entry<Item> | null
}

export class Pending<Item> {
  readonly #length: number
  #first: Entry<Item> | null = null
  #taken = 0

  /** @param items in the order in which they are to be met */
  constructor(items: readonly Item[]) {
    this.#length = items.length
    let next: Entry<Item> | null = null
    for (let position = items.length - 1; position >= 0; position--) {
      const entry: Entry<Item> = { item: items[position] as Item, position, previous: null, next }
      if (next !== null) next.previous = entry
      next = entry
    }
    this.#first = next
  }

  get first(): Entry<Item> | null {
    return this.#first
  }

  get taken(): number {
    return this.#taken
  }

  get isEmpty(): boolean {
    return this.#taken === this.#length
  }

  take(entry: Entry<Item>): void {
    if (entry.previous === null) this.#first = entry.next
    else entry.previous.next = entry.next
    if (entry.next !== null) entry.next.previous = entry.previous
    this.#taken++
  }

  /** The reverse of the last `take` that was not yet reversed. */
  putBack(entry: Entry<Item>): void {
    if (entry.previous === null) this.#first = entry
    else entry.previous.next = entry
    if (entry.next !== null) entry.next.previous = entry
    this.#taken--
  }

  /** Names the set of what is taken: `0-41,43`. As short as few operations overlap. */
  nameOfTaken(): string {
    const ranges: string[] = []
    let unnamed = this.#taken
    let from = 0
    for (let left = this.#first; unnamed > 0; left = left?.next ?? null) {
      const to = left?.position ?? this.#length
      if (to > from) ranges.push(`${from}-${to - 1}`)
      unnamed -= to - from
      from = to + 1
    }
    return ranges.join(',')
  }
}

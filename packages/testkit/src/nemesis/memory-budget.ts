// How many replicas may have lost their memory at one time. Without storage a process that is killed forgets what it has
// acked, and counts again only when it has caught up (docs/protocol.md, R2.2): more of them than voters that a majority
// can do without, and confirmed commands are lost by the rules, not against them.

export class MemoryBudget {
  readonly #blankMax: number
  readonly #blank = new Set<number>()

  /** @param voters how many; each on a node of its own */
  constructor(voters: number) {
    this.#blankMax = voters - (Math.floor(voters / 2) + 1)
  }

  /** Whether the memory of the replica on `node` may be lost now; counts it as lost if so. */
  spend(node: number): boolean {
    if (!this.#blank.has(node) && this.#blank.size >= this.#blankMax) return false
    this.#blank.add(node)
    return true
  }

  /** The replica on `node` has caught up. */
  restored(node: number): void {
    this.#blank.delete(node)
  }

  /** The nodes whose replica has nothing to remember. */
  get blank(): readonly number[] {
    return [...this.#blank]
  }
}

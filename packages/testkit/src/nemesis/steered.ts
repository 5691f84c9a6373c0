// Moves one part of the cluster to the condition that is wanted last. A move takes its time, and what is wanted may
// change meanwhile: then the next move goes there directly, and the parts never wait for one another.

/** One part: a daemon, a process, a node's links. */
export class Steered<Condition> {
  readonly #move: (condition: Condition) => Promise<void>
  readonly #failed: (error: Error) => void
  #wanted: Condition
  /** `undefined`: unknown, a move has failed. */
  #reached: Condition | undefined
  #moving: Promise<void> | undefined

  /**
   * @param initial the condition that it is in
   * @param move brings it into a condition, from whichever it is in
   * @param failed called when a move fails; it is tried again when something is wanted the next time
   */
  constructor(
    initial: Condition,
    move: (condition: Condition) => Promise<void>,
    failed: (error: Error) => void,
  ) {
    this.#wanted = initial
    this.#reached = initial
    this.#move = move
    this.#failed = failed
  }

  /** Equal conditions have equal JSON: what is wanted already is not moved to again. */
  want(condition: Condition): void {
    this.#wanted = condition
    if (this.#moving === undefined && !this.#isThere()) this.#moving = this.#run()
  }

  /** As `want`, also when it was there before: it may have left by itself. */
  renew(condition: Condition): void {
    this.#reached = undefined
    this.want(condition)
  }

  /** Fulfilled when nothing moves any more. */
  async settled(): Promise<void> {
    await this.#moving
  }

  async #run(): Promise<void> {
    try {
      while (!this.#isThere()) {
        const target = this.#wanted
        this.#reached = undefined
        await this.#move(target)
        this.#reached = target
      }
    } catch (error) {
      this.#failed(error as Error)
    }
    this.#moving = undefined
  }

  #isThere(): boolean {
    return JSON.stringify(this.#wanted) === JSON.stringify(this.#reached)
  }
}

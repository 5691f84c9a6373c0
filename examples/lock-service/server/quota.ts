// How many of something each client has.

export class Quota {
  readonly #used = new Map<string, number>()

  /** Of all clients. */
  get used(): number {
    let used = 0
    for (const each of this.#used.values()) used += each
    return used
  }

  /** How to give it back; `null`: the client has `most` already. */
  take(client: string, most: number): (() => void) | null {
    const used = this.#used.get(client) ?? 0
    if (used >= most) return null
    this.#used.set(client, used + 1)
    return () => this.#giveBack(client)
  }

  #giveBack(client: string): void {
    const left = (this.#used.get(client) ?? 0) - 1
    if (left > 0) this.#used.set(client, left)
    else this.#used.delete(client)
  }
}

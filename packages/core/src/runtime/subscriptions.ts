// Who wants to hear when a part of the state changes.

export interface Subscription {
  /** To be called after each change of the state. */
  look(): void
}

export class Subscriptions {
  readonly #all = new Set<Subscription>()

  /** Returns how to end it. */
  add<T>(
    select: () => T,
    listener: (value: T, before: T) => void,
    equal: (a: T, b: T) => boolean,
  ): () => void {
    let value = select()
    let ended = false
    const look = (): void => {
      const now = select()
      const before = value
      if (equal(now, before)) return
      value = now
      queueMicrotask(() => {
        if (!ended) listener(now, before)
      })
    }
    const subscription = { look }
    this.#all.add(subscription)
    return () => {
      ended = true
      this.#all.delete(subscription)
    }
  }

  changed(): void {
    for (const { look } of this.#all) isolated(look)
  }

  end(): void {
    this.#all.clear()
  }
}

/** A selector's error is its author's; the loop that called it goes on. */
function isolated(look: () => void): void {
  try {
    look()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

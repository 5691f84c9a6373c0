// Clients that wait for something to change in the state of this replica. One reader of the events wakes those whom an
// event concerns; when some events were missed, as those before a snapshot, it wakes all. Who is woken looks at the state
// himself.

import { QuorateError } from '@quorate/core'
import type { LockEvent } from '../machine/events.ts'
import type { LockReplica } from '../machine/machine.ts'
import { requestKey } from '../machine/state.ts'

/** What is waited for. */
export type Topic =
  | `request ${string}`
  | `session ${string}`
  | `lock ${string}`
  | `barrier ${string}`
  | `countdown ${string}`

export const requestTopic = (session: string, id: string): Topic => `request ${requestKey(session, id)}`

function topicOf(event: LockEvent): Topic {
  switch (event.type) {
    case 'granted':
    case 'dropped':
    case 'lost':
      return requestTopic(event.session, event.id)
    case 'changed':
      return `lock ${event.lock}`
    case 'session-ended':
      return `session ${event.session}`
    case 'barrier-opened':
      return `barrier ${event.barrier}`
    case 'countdown-changed':
      return `countdown ${event.countdown}`
  }
}

type Wake = () => void
type Listener = (event: LockEvent | null) => void

export class Waits {
  readonly #replica: LockReplica
  readonly #check: () => void
  readonly #waiting = new Map<Topic, Set<Wake>>()
  readonly #listeners = new Set<Listener>()

  /** @param check throws when this node can tell nothing to those who wait */
  constructor(replica: LockReplica, check: () => void) {
    this.#replica = replica
    this.#check = check
    replica.on('current', () => this.#miss())
    void this.#listen()
  }

  /** How many wait, each counted once for each of its topics. */
  get count(): number {
    let count = 0
    for (const wakes of this.#waiting.values()) count += wakes.size
    return count
  }

  /**
   * What `look` gives, as soon as it is not `undefined`; `undefined`: the signal has fired.
   *
   * @throws {Error} what `look` throws, and `check` when all are woken
   */
  async until<T>(
    topics: readonly Topic[],
    look: () => T | undefined,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    let wake: Wake = () => undefined
    const waiter = (): void => wake()
    for (const topic of topics) this.#add(topic, waiter)
    signal.addEventListener('abort', waiter)
    try {
      for (;;) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve
        })
        const found = look()
        if (found !== undefined || signal.aborted) return found
        await woken
        this.#check()
      }
    } finally {
      signal.removeEventListener('abort', waiter)
      for (const topic of topics) this.#remove(topic, waiter)
    }
  }

  /** Each event; `null`: some were missed. The function that it returns ends it. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whoever waits looks again. */
  wakeAll(): void {
    for (const wakes of this.#waiting.values()) for (const wake of wakes) wake()
  }

  #add(topic: Topic, wake: Wake): void {
    const wakes = this.#waiting.get(topic) ?? new Set()
    this.#waiting.set(topic, wakes.add(wake))
  }

  #remove(topic: Topic, wake: Wake): void {
    const wakes = this.#waiting.get(topic)
    wakes?.delete(wake)
    if (wakes?.size === 0) this.#waiting.delete(topic)
  }

  /** Until the replica ends. */
  async #listen(): Promise<void> {
    while (this.#replica.status.ended === null) {
      try {
        for await (const { event } of this.#replica.events()) this.#tell(event as LockEvent)
      } catch (error) {
        // Too many came at once, and further ones were dropped: then it begins again.
        if (!(error instanceof QuorateError) || error.code !== 'Overloaded') throw error
      }
      this.#miss()
    }
  }

  #tell(event: LockEvent): void {
    for (const wake of this.#waiting.get(topicOf(event)) ?? []) wake()
    for (const listener of this.#listeners) listener(event)
  }

  #miss(): void {
    this.wakeAll()
    for (const listener of this.#listeners) listener(null)
  }
}

// Clients that wait for something to change in the state of this replica. One reader of the events wakes those whom an
// event concerns; when the replica has taken over a snapshot, whose events nobody hears, it wakes all. Who is woken
// looks at the state himself.

import type { LockEvent } from '../machine/events.ts'
import type { LockReplica } from '../machine/machine.ts'
import { requestKey } from '../machine/state.ts'

/** What is waited for. */
export type Topic = `request ${string}` | `lock ${string}` | `barrier ${string}` | `countdown ${string}`

export const requestTopic = (session: string, id: string): Topic => `request ${requestKey(session, id)}`

function topicsOf(event: LockEvent): Topic[] {
  switch (event.type) {
    case 'granted':
    case 'dropped':
    case 'lost':
      return [requestTopic(event.session, event.id)]
    case 'changed':
      return [`lock ${event.lock}`]
    case 'barrier-opened':
      return [`barrier ${event.barrier}`]
    case 'countdown-changed':
      return [`countdown ${event.countdown}`]
    case 'session-ended':
      return []
  }
}

type Wake = () => void

export class Waits {
  readonly #replica: LockReplica
  readonly #waiting = new Map<Topic, Set<Wake>>()
  readonly #all = new Set<(event: LockEvent | null) => void>()

  constructor(replica: LockReplica) {
    this.#replica = replica
    replica.on('current', () => this.#wakeAll())
    void this.#listen()
  }

  /** Requests of clients that are held open. */
  get count(): number {
    let count = 0
    for (const each of this.#waiting.values()) count += each.size
    return count
  }

  /** What `look` gives, as soon as it is not `undefined`; `undefined`: the time is over, or the client has gone. */
  async until<T>(topic: Topic, look: () => T | undefined, signal: AbortSignal): Promise<T | undefined> {
    for (;;) {
      const changed = this.#next(topic, signal)
      const found = look()
      if (found !== undefined || signal.aborted) {
        changed.cancel()
        return found
      }
      await changed.promise
    }
  }

  /** Each event; `null`: some were missed. The function that it returns ends it. */
  subscribe(listener: (event: LockEvent | null) => void): () => void {
    this.#all.add(listener)
    return () => this.#all.delete(listener)
  }

  #next(topic: Topic, signal: AbortSignal): { readonly promise: Promise<void>; readonly cancel: Wake } {
    const wakes = this.#waiting.get(topic) ?? new Set()
    this.#waiting.set(topic, wakes)
    let cancel: Wake = () => undefined
    const promise = new Promise<void>((resolve) => {
      cancel = () => {
        wakes.delete(cancel)
        if (wakes.size === 0 && this.#waiting.get(topic) === wakes) this.#waiting.delete(topic)
        signal.removeEventListener('abort', cancel)
        resolve()
      }
    })
    wakes.add(cancel)
    signal.addEventListener('abort', cancel)
    return { promise, cancel }
  }

  /** Until the replica ends. A reader that was too slow misses some: then all look for themselves, and it goes on. */
  async #listen(): Promise<void> {
    while (this.#replica.status.ended === null) {
      try {
        for await (const { event } of this.#replica.events()) this.#tell(event as LockEvent)
      } catch {
        // Too many came at once: `wakeAll` below makes up for those that were dropped.
      }
      this.#wakeAll()
    }
  }

  #tell(event: LockEvent): void {
    for (const topic of topicsOf(event)) for (const wake of this.#waiting.get(topic) ?? []) wake()
    for (const listener of this.#all) listener(event)
  }

  #wakeAll(): void {
    for (const wakes of this.#waiting.values()) for (const wake of wakes) wake()
    for (const listener of this.#all) listener(null)
  }
}

// What the transport does not take now waits, in order, and bounded: of what is said again and again only the last is
// kept. Design: docs/protocol.md, R4.7.

import type { Message } from '../wire/messages.ts'

interface Waiting {
  readonly type: Message['type']
  readonly bytes: Uint8Array
}

/** A later one makes those before it void: it has a higher ballot, acks more, or asks from where its sender is now. */
const superseding: ReadonlySet<Message['type']> = new Set(['prepare', 'promise', 'refuse', 'ack', 'fetch'])

export class Outbox {
  readonly #send: (bytes: Uint8Array) => boolean
  #waiting: Waiting[] = []

  constructor(send: (bytes: Uint8Array) => boolean) {
    this.#send = send
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.length
  }

  send(type: Message['type'], bytes: Uint8Array): void {
    if (this.#waiting.length === 0 && this.#send(bytes)) return
    if (superseding.has(type)) this.#waiting = this.#waiting.filter((each) => each.type !== type)
    this.#waiting.push({ type, bytes })
  }

  /** There may be room again. */
  flush(): void {
    const waiting = this.#waiting
    let sent = 0
    while (sent < waiting.length && this.#send((waiting[sent] as Waiting).bytes)) sent += 1
    this.#waiting = waiting.slice(sent)
  }

  /** The membership has ended: what was meant for it is void. */
  clear(): void {
    this.#waiting = []
  }
}

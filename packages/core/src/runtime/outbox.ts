// What the transport does not take now waits, in order.

export class Outbox {
  readonly #send: (bytes: Uint8Array) => boolean
  #waiting: Uint8Array[] = []

  constructor(send: (bytes: Uint8Array) => boolean) {
    this.#send = send
  }

  send(bytes: Uint8Array): void {
    if (this.#waiting.length > 0 || !this.#send(bytes)) this.#waiting.push(bytes)
  }

  /** There may be room again. */
  flush(): void {
    const waiting = this.#waiting
    let sent = 0
    while (sent < waiting.length && this.#send(waiting[sent] as Uint8Array)) sent += 1
    this.#waiting = waiting.slice(sent)
  }

  /** The membership has ended: what was meant for it is void. */
  clear(): void {
    this.#waiting = []
  }
}

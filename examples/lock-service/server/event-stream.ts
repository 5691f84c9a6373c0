// Server-sent events to one client. A stream begins with `current`, and tells from there on. Who reads too slowly misses
// some, and is told so by `missed`: then, as after `current`, look anew. While this node is in no majority nothing is
// told, which `no-quorum` says.

import { Readable } from 'node:stream'
import type { LockEvent } from '../machine/events.ts'
import type { Service } from './service.ts'

export type Filter = (event: LockEvent) => boolean

/** Characters that may wait for the client; further events are missed. */
export const unreadMax = 16 * 1024
const keepAliveMs = 15_000

export class EventStream extends Readable {
  readonly #service: Service
  readonly #ends: readonly (() => void)[]
  #isFull = false
  #hasMissed = false
  #isFinished = false

  constructor(service: Service, isWanted: Filter) {
    super({ highWaterMark: unreadMax })
    this.#service = service
    const { replica, waits } = service
    const keepAlive = setInterval(() => this.#write(':\n\n'), keepAliveMs)
    this.#ends = [
      waits.subscribe((event) => {
        if (event === null) this.#miss()
        else if (isWanted(event)) this.#tell(event.type, event)
      }),
      replica.on('no-quorum', () => this.#tell('no-quorum', {})),
      replica.on('primary', () => this.#tellCurrent()),
      () => clearInterval(keepAlive),
    ]
    this.#tellCurrent()
  }

  /** The client gets what is there, then the end. */
  finish(): void {
    this.#isFinished = true
    this.push(null)
  }

  override _read(): void {
    this.#isFull = false
    if (this.#hasMissed) this.#miss()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    for (const end of this.#ends) end()
    done(error)
  }

  #tellCurrent(): void {
    const { applied, primary } = this.#service.replica.status
    this.#tell(primary ? 'current' : 'no-quorum', primary ? { applied } : {})
  }

  #tell(name: string, data: object): void {
    this.#write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  #miss(): void {
    this.#hasMissed = false
    this.#tell('missed', {})
  }

  #write(text: string): void {
    if (this.#isFinished) return
    if (this.#isFull) this.#hasMissed = true
    else this.#isFull = !this.push(text)
  }
}

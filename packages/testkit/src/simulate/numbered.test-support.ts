// A subject for tests of the world: it sends numbered messages, also in answer to events and timers, writes some to
// its disk, and logs what it hears.

import type { TransportEvent } from '@quorate/core'
import type { MemberLog } from '@quorate/core/contracts'
import { messageKey } from '@quorate/core/contracts'
import type { RunOptions } from './run.ts'
import type { Place, Subject } from './world/place.ts'
import type { Random } from './world/random.ts'

/** Sends, hears, and remembers both. */
export class Numbered implements Subject {
  readonly place: Place
  readonly events: TransportEvent[] = []
  readonly sent: string[] = []
  /** Numbers of the writes that were done without an error. */
  writesDone = 0
  readonly #logs: boolean
  #number = 0

  constructor(place: Place, logs: boolean) {
    this.place = place
    this.#logs = logs
  }

  event(event: TransportEvent): void {
    if (this.#logs) this.events.push(event)
    if (event.type === 'message' ? this.place.random.oneIn(8) : this.place.random.oneIn(2)) this.say()
    if (event.type === 'view' && this.place.random.oneIn(2)) {
      this.place.clock.setTimer(this.place.random.below(300), () => this.say())
    }
  }

  settle(): void {}

  /** Sends the next message, of a few bytes. */
  say(): void {
    const bytes = this.#nextMessage()
    if (!this.place.send(bytes)) return
    this.#number += 1
    if (this.#logs) this.sent.push(messageKey(bytes))
  }

  #nextMessage(): Uint8Array {
    const bytes = new Uint8Array(12)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, this.place.nodeid)
    view.setUint32(4, this.place.pid)
    view.setUint32(8, this.#number)
    return bytes
  }
}

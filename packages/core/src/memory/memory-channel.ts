// One process in one group. Events wait here until the process takes them: nothing is delivered inside a call
// of the process. A membership ends with its daemon's death and begins anew when the daemon is back.

import type { Channel, Member, TransportEvent, TransportListener, View } from '../ports/transport.ts'
import type { Daemon } from './daemon.ts'
import { Fifo } from './fifo.ts'

export interface ChannelLimits {
  readonly queueMessagesMax: number
  readonly messageBytesMax: number
}

export class MemoryChannel implements Channel {
  readonly self: Member
  readonly group: string
  readonly messageBytesMax: number
  /** Fulfilled when the first membership has begun. */
  readonly joined: Promise<Channel>
  readonly #daemon: Daemon
  readonly #queueMessagesMax: number
  readonly #events: Fifo<TransportEvent> = new Fifo()
  #listener: TransportListener | undefined
  #settle!: { resolve(channel: Channel): void; reject(error: Error): void }
  #state: 'joining' | 'up' | 'down' | 'closed' = 'joining'
  /** The caller of `join` has its channel: events may come. */
  #handedOver = false
  #dispatching = false
  #refused = false
  #queued = 0
  /** Position behind the present membership's first view: a dying daemon takes what stands from here on along. */
  #firstViewEnd = 0
  #drainPosition = -1

  constructor(
    daemon: Daemon,
    self: Member,
    group: string,
    listener: TransportListener,
    limits: ChannelLimits,
  ) {
    this.#daemon = daemon
    this.self = self
    this.group = group
    this.#listener = listener
    this.messageBytesMax = limits.messageBytesMax
    this.#queueMessagesMax = limits.queueMessagesMax
    this.joined = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
  }

  send(bytes: Uint8Array): boolean {
    if (this.#state === 'closed') throw new Error('The channel is closed; join the group again to send.')
    if (bytes.byteLength > this.messageBytesMax) {
      throw new RangeError(
        `The message has ${bytes.byteLength} bytes; at most ${this.messageBytesMax} are taken.`,
      )
    }
    if (this.#state !== 'up' || this.#queued >= this.#queueMessagesMax) {
      this.#refused = true
      return false
    }
    this.#queued += 1
    const content = {
      type: 'message',
      group: this.group,
      from: this.self,
      bytes: new Uint8Array(bytes),
    } as const
    this.#daemon.accept(content, this.#onOrdered)
    return true
  }

  /** The daemon holds what was accepted and sends it without this process, so there is nothing to wait for. */
  async close(): Promise<void> {
    this.end()
  }

  /** The process is gone, by `close` or by its death: it hears nothing more, and the others are told. */
  end(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#listener = undefined
    this.#daemon.forget(this)
  }

  /** The daemon delivered this process's own join. */
  enter(view: View): void {
    const first = this.#state === 'joining'
    this.#state = 'up'
    this.#queued = 0
    if (!first) this.#events.push({ type: 'up', self: this.self })
    this.#events.push(view)
    this.#firstViewEnd = this.#events.end
    if (first) this.#handOver()
    this.#drainIfRoom()
  }

  deliver(event: TransportEvent): void {
    this.#events.push(event)
  }

  /** The daemon died, and with it every event that this process had not taken yet. */
  lose(error: Error): void {
    if (this.#state === 'joining') {
      this.#daemon.forget(this)
      this.#settle.reject(error)
      return
    }
    if (this.#state !== 'up') return
    this.#state = 'down'
    // A drain that is lost with them is still owed.
    if (this.#drainPosition >= Math.max(this.#firstViewEnd, this.#events.start)) this.#refused = true
    this.#events.dropFrom(this.#firstViewEnd)
    this.#events.push({ type: 'down', error })
  }

  get hasEvents(): boolean {
    return this.#handedOver && !this.#dispatching && this.#listener !== undefined && this.#events.length > 0
  }

  /** Hands over what waits now, not what the listener causes meanwhile. Whether there was anything. */
  dispatchAll(): boolean {
    let left = this.hasEvents ? this.#events.length : 0
    const happened = left > 0
    for (; left > 0; left--) this.dispatch()
    return happened
  }

  /** Hands the oldest event to the process. */
  dispatch(): void {
    const event = this.#events.shift()
    if (event === undefined) return
    this.#dispatching = true
    try {
      this.#listener?.(event)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    } finally {
      this.#dispatching = false
    }
  }

  readonly #onOrdered = (): void => {
    this.#queued -= 1
    this.#drainIfRoom()
  }

  #drainIfRoom(): void {
    if (!this.#refused || this.#state !== 'up') return
    this.#refused = false
    this.#drainPosition = this.#events.end
    this.#events.push({ type: 'drain' })
  }

  #handOver(): void {
    this.#settle.resolve(this)
    void this.joined.then(() => {
      this.#handedOver = true
      this.#daemon.wake()
    })
  }
}

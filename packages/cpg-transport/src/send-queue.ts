// What was accepted and not yet handed to the daemon, in order and bounded. Pure but for the `multicast` it is given.
//
// A message over the atomic size goes as fragments, one such message at a time: what follows waits until its last
// fragment was delivered here, so that it can be sent again, in its place, when a view cuts it (fragments.ts).
//
// Small messages wait for the next `flush`, and go in packs: a CPG message costs all daemons and members of the
// cluster some hundred microseconds of processor time together, whatever its length (docs/benchmarks.md).

import {
  encodeFragmentHeader,
  encodePack,
  fragmentHeaderBytes,
  packHeaderBytes,
  packLengthBytes,
  wholeHeader,
  wholeHeaderBytes,
} from './frames.ts'

/** Hands one CPG message over, and keeps nothing of it; false: try again later (CS_ERR_TRY_AGAIN). */
export type Multicast = (buffers: readonly Uint8Array[]) => boolean

/** Bounds of a queue. */
export interface SendQueueLimits {
  /** Largest CPG message. */
  readonly atomicBytesMax: number
  /** Largest pack, up to `atomicBytesMax`. Messages that fill it alone go at once; with 0, all do. */
  readonly packBytesMax: number
  /** Queued bytes beyond which nothing more is accepted, unless nothing is queued. */
  readonly queueBytesMax: number
  /** Queued messages beyond which nothing more is accepted. */
  readonly queueMessagesMax: number
}

/** A long message on its way. */
interface LongMessage {
  readonly bytes: Uint8Array
  readonly number: number
  /** Fragments handed over. */
  sent: number
  /** Whether a fragment of this attempt was delivered here. */
  begun: boolean
  readonly count: number
}

export class SendQueue {
  readonly #multicast: Multicast
  readonly #limits: SendQueueLimits
  readonly #packMemory: Buffer
  #waiting: Uint8Array[] = []
  /** How many of `#waiting` have left it; the array is cut when half of it is gone. */
  #gone = 0
  /** Of what waits and of the long message on its way. */
  #bytes = 0
  #long: LongMessage | undefined
  #numbers = 0
  /** Whether the daemon took nothing when it was last tried. */
  #refused = false

  constructor(multicast: Multicast, limits: SendQueueLimits) {
    this.#multicast = (buffers) => {
      this.#refused = !multicast(buffers)
      return !this.#refused
    }
    this.#limits = limits
    this.#packMemory = Buffer.allocUnsafeSlow(limits.packBytesMax)
  }

  /** Whether everything accepted has been handed over (and a long message delivered). */
  get empty(): boolean {
    return this.#length === 0 && this.#long === undefined
  }

  /** Whether there is room to speak of again, and a message of `length` bytes, refused before, would be taken now. */
  hasRoomFor(length: number): boolean {
    const { queueBytesMax, queueMessagesMax } = this.#limits
    const halfEmpty = this.#bytes <= queueBytesMax / 2 && this.#length <= queueMessagesMax / 2
    return this.empty || (halfEmpty && !this.#full(length))
  }

  /** Whether `flush` has something to do that does not wait for a delivery. */
  get stalled(): boolean {
    return this.#long === undefined ? this.#length > 0 : this.#long.sent < this.#long.count
  }

  get #length(): number {
    return this.#waiting.length - this.#gone
  }

  /**
   * Accepts a message, or returns false when the queue is full. Copies it unless it goes at once. What is small goes
   * with the next `flush`, or when it has become a whole pack.
   */
  send(bytes: Uint8Array): boolean {
    const small = this.#isSmall(bytes)
    if (!small && this.empty && !this.#isLong(bytes) && this.#multicast([wholeHeader, bytes])) return true
    if (this.#full(bytes.length)) return false
    this.#waiting.push(new Uint8Array(bytes))
    this.#bytes += bytes.length
    const enough = this.#bytes >= this.#limits.packBytesMax
    if (!small || (enough && !this.#refused)) this.flush()
    return true
  }

  /** Hands over what can be handed over. */
  flush(): void {
    while (this.#flushLong() && this.#length > 0) {
      const messages = this.#nextPack()
      const [first] = messages
      if (this.#isLong(first)) this.#begin(first)
      else if (!this.#multicast(this.#frame(messages))) return
      this.#shift(messages.length)
    }
  }

  /** A fragment of our long message `number` was delivered here; `complete`: it was the last, so the next may go. */
  delivered(number: number, complete: boolean): void {
    if (this.#long?.number !== number) return
    this.#long.begun = true
    if (!complete) return
    this.#bytes -= this.#long.bytes.length
    this.#long = undefined
    this.flush()
  }

  /**
   * A view: every member has dropped what it had of our long message, so it goes again from its first fragment.
   * Not when none of its fragments was ordered before the view: then all of them come after it, and complete.
   */
  view(): void {
    if (this.#long?.begun !== true) return
    this.#begin(this.#long.bytes)
    this.flush()
  }

  #full(length: number): boolean {
    if (this.empty) return false
    const { queueBytesMax, queueMessagesMax } = this.#limits
    return this.#bytes + length > queueBytesMax || this.#length >= queueMessagesMax
  }

  #isLong(bytes: Uint8Array): boolean {
    return bytes.length + wholeHeaderBytes > this.#limits.atomicBytesMax
  }

  /** Whether another message may fit into the same pack. */
  #isSmall(bytes: Uint8Array): boolean {
    return packHeaderBytes + 2 * packLengthBytes + bytes.length < this.#limits.packBytesMax
  }

  /** The first message that waits, and those after it that fit into one pack with it. */
  #nextPack(): [Uint8Array, ...Uint8Array[]] {
    const messages: [Uint8Array, ...Uint8Array[]] = [this.#waiting[this.#gone] as Uint8Array]
    let bytes = packHeaderBytes + packLengthBytes + messages[0].length
    for (let i = this.#gone + 1; i < this.#waiting.length; i++) {
      const message = this.#waiting[i] as Uint8Array
      bytes += packLengthBytes + message.length
      if (bytes > this.#limits.packBytesMax) break
      messages.push(message)
    }
    return messages
  }

  #frame(messages: readonly [Uint8Array, ...Uint8Array[]]): Uint8Array[] {
    return messages.length === 1 ? [wholeHeader, messages[0]] : [encodePack(this.#packMemory, messages)]
  }

  #begin(bytes: Uint8Array): void {
    const count = Math.ceil(bytes.length / this.#partBytes)
    this.#numbers = (this.#numbers + 1) >>> 0
    this.#long = { bytes, number: this.#numbers, sent: 0, begun: false, count }
  }

  get #partBytes(): number {
    return this.#limits.atomicBytesMax - fragmentHeaderBytes
  }

  /** Returns whether no long message is in the way. */
  #flushLong(): boolean {
    const long = this.#long
    if (long === undefined) return true
    while (long.sent < long.count) {
      const header = encodeFragmentHeader(long.number, long.sent, long.count)
      const begin = long.sent * this.#partBytes
      if (!this.#multicast([header, long.bytes.subarray(begin, begin + this.#partBytes)])) return false
      long.sent++
    }
    return false
  }

  #shift(count: number): void {
    for (const end = this.#gone + count; this.#gone < end; this.#gone++) {
      const message = this.#waiting[this.#gone] as Uint8Array
      if (message !== this.#long?.bytes) this.#bytes -= message.length
    }
    if (this.#gone * 2 < this.#waiting.length) return
    this.#waiting = this.#waiting.slice(this.#gone)
    this.#gone = 0
  }
}

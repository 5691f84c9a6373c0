// Reassembly of messages that are too long for one CPG message. Pure.
//
// The rule that makes it the same for all: a message lies in one view. Every view drops every unfinished message,
// at every member alike, since fragments and views are in one order; the sender, which sees the same, sends the
// message again from its first fragment (send-queue.ts). So a joiner never sees half a message, members that came
// along never deliver what a joiner of the same view did not get, and a sender that left leaves nothing behind.

import type { Member } from '@quorate/core'
import type { Fragment } from './frames.ts'

interface Unfinished {
  readonly number: number
  readonly count: number
  readonly parts: Uint8Array[]
  bytes: number
}

/** Ours have parts of a megabyte. A part costs some memory however short it is, so that crumbs are bounded by number. */
const partBytesUsual = 4096
const partsOfAnyLength = 64

/** The unfinished messages of all members of a group. */
export class Reassembly {
  readonly #messageBytesMax: number
  readonly #partsMax: number
  readonly #unfinished = new Map<string, Unfinished>()

  /** A message that grows beyond `messageBytesMax`, or comes in crumbs, is dropped: no member of ours sends one. */
  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax
    this.#partsMax = partsOfAnyLength + Math.ceil(messageBytesMax / partBytesUsual)
  }

  /** Bytes held for unfinished messages. */
  get bytes(): number {
    let sum = 0
    for (const { bytes } of this.#unfinished.values()) sum += bytes
    return sum
  }

  /** Takes the next fragment of `from`; returns the message when this was its last one. */
  add(from: Member, fragment: Fragment): Uint8Array | undefined {
    const sender = `${from.nodeid}:${from.pid}`
    const message = this.#continue(sender, fragment)
    if (message === undefined) return undefined
    message.parts.push(fragment.part)
    message.bytes += fragment.part.length
    if (message.bytes > this.#messageBytesMax || message.parts.length > this.#partsMax)
      this.#unfinished.delete(sender)
    else if (message.parts.length === message.count) return this.#finish(sender, message)
    return undefined
  }

  /** A view: nothing straddles it. */
  reset(): void {
    this.#unfinished.clear()
  }

  /** The message that `fragment` goes on with; nothing when its beginning is not here. */
  #continue(sender: string, fragment: Fragment): Unfinished | undefined {
    if (fragment.index === 0) {
      const { number, count } = fragment
      this.#unfinished.set(sender, { number, count, parts: [], bytes: 0 })
    }
    const message = this.#unfinished.get(sender)
    if (message?.number === fragment.number && message.parts.length === fragment.index) return message
    this.#unfinished.delete(sender)
    return undefined
  }

  #finish(sender: string, message: Unfinished): Uint8Array {
    this.#unfinished.delete(sender)
    return Buffer.concat(message.parts, message.bytes)
  }
}

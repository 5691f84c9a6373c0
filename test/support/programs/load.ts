// A member that sends streams of messages it can recognise, and keeps of what it delivers only what tells orders
// and contents apart: too much passes to report each message.

import { createHash } from 'node:crypto'
import type { Channel, TransportEvent } from '@quorate/core'
import { cpgTransport } from '@quorate/cpg-transport'
import { report, serve } from '../serve.ts'

const headerBytes = 8

let channel: Channel | undefined
let sendNext: (() => void) | undefined
let stopped = false
let chain = ''
let delivered = 0
let transfers = false

/** A message of `size` bytes: stream, number in it, and a filling that follows from both. */
function make(stream: number, number: number, size: number): Buffer {
  const bytes = Buffer.alloc(size, (stream * 31 + number) % 251)
  bytes.writeUInt32LE(stream, 0)
  bytes.writeUInt32LE(number, 4)
  return bytes
}

function whole(bytes: Uint8Array, size: number): boolean {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return message.equals(make(message.readUInt32LE(0), message.readUInt32LE(4), size))
}

function take(event: TransportEvent, detailedFrom: number): void {
  if (event.type === 'drain') sendNext?.()
  if (event.type !== 'message') {
    report(event)
    return
  }
  delivered++
  const { from, bytes } = event
  chain = createHash('sha1').update(chain).update(`${from.nodeid}:${from.pid}`).update(bytes).digest('hex')
  if (bytes.length < detailedFrom) return
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const [stream, number] = [message.readUInt32LE(0), message.readUInt32LE(4)]
  report({ type: 'large', stream, number, size: bytes.length, whole: whole(bytes, bytes.length) })
  if (transfers) transfer(bytes)
}

/** Gives the memory of a message away, if it can be given. */
function transfer(bytes: Uint8Array): void {
  try {
    structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] })
  } catch (error) {
    if ((error as Error).name !== 'DataCloneError') throw error
  }
}

serve({
  /** Messages of at least `detailedFrom` bytes are reported one by one. */
  async join(group: string, detailedFrom = Number.POSITIVE_INFINITY) {
    chain = ''
    delivered = 0
    transfers = false
    channel = await cpgTransport().join(group, (event) => take(event, detailedFrom))
    return channel.self
  },
  /** Sends `count` messages, or until `stop`, as fast as they are accepted. Fulfilled with how many were. */
  stream(stream: number, count: number, size: number) {
    let number = 0
    stopped = false
    return new Promise<number>((resolve) => {
      sendNext = () => {
        while (number < count && !stopped && channel?.send(make(stream, number, Math.max(size, headerBytes))))
          number++
        if (number === count || stopped) resolve(number)
      }
      sendNext()
    })
  },
  transferAll() {
    transfers = true
  },
  stop() {
    stopped = true
    sendNext?.()
  },
  /** What was delivered so far: how much, and a hash over all of it in order. */
  summary: () => ({ delivered, chain }),
  close: () => channel?.close(),
})

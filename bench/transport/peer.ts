// A member of a CPG group, on cpgTransport as any user has it: what is measured against peer.c. Same commands, same
// messages, same rules. Arguments: the group, and packBytesMax if it is not to be the default.

import { createInterface } from 'node:readline'
import type { Delivery } from '@quorate/core'
import { cpgTransport } from '@quorate/cpg-transport'

const membersWanted = 3
const nsPerMs = 1e6

let sent = 0
let delivered = 0
let received = 0
/** What the command under way does when there may be room, or an own message was delivered. */
let onProgress = (): void => {}
let progressPending = false
let ready = (): void => {}
const complete = new Promise<void>((resolve) => {
  ready = resolve
})

const [group = '', packBytesMax] = process.argv.slice(2)
const transport = cpgTransport(packBytesMax === undefined ? {} : { packBytesMax: Number(packBytesMax) })
const channel = await transport.join(group, (event) => {
  if (event.type === 'message') deliver(event)
  else if (event.type === 'drain') onProgress()
  else if (event.type === 'down') throw event.error
  else if (event.type === 'view' && event.members.length === membersWanted) ready()
})

/** The one sender's number in each message shows that nothing is lost, doubled or out of order. */
function deliver({ from, bytes }: Delivery): void {
  const number = readNumber(bytes)
  if (number !== received >>> 0) throw new Error(`Message ${number} came instead of ${received}.`)
  received++
  if (from.nodeid !== channel.self.nodeid || from.pid !== channel.self.pid) return
  delivered++
  progressSoon()
}

/**
 * After the events that there are now: the turn of the event loop that dispatches them ends with the microtasks. The
 * peer in C does the same, it sends after each dispatch.
 */
function progressSoon(): void {
  if (progressPending) return
  progressPending = true
  queueMicrotask(() => {
    progressPending = false
    onProgress()
  })
}

const numberBytes = 4

function readNumber(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, numberBytes).getUint32(0, true)
}

function trySend(message: Buffer): boolean {
  message.writeUInt32LE(sent >>> 0)
  if (!channel.send(message)) return false
  sent++
  return true
}

function throughput(size: number, window: number, ms: number): Promise<string> {
  const message = Buffer.alloc(size)
  const [first, beginMs] = [sent, performance.now()]
  let over = false
  setTimeout(() => {
    over = true
  }, ms)
  return new Promise((resolve) => {
    onProgress = () => {
      while (!over && sent - delivered < window && trySend(message));
      if (over && delivered === sent) {
        onProgress = () => {}
        resolve(`${sent - first} ${Math.round((performance.now() - beginMs) * nsPerMs)}`)
      }
    }
    onProgress()
  })
}

function roundTrips(size: number, ms: number): Promise<string> {
  const message = Buffer.alloc(size)
  const endMs = performance.now() + ms
  const samplesNs: number[] = []
  return new Promise((resolve) => {
    let beginMs = performance.now()
    onProgress = () => {
      if (delivered < sent) return
      const nowMs = performance.now()
      samplesNs.push(Math.round((nowMs - beginMs) * nsPerMs))
      beginMs = nowMs
      if (nowMs < endMs) trySend(message)
      else {
        onProgress = () => {}
        resolve(samplesNs.join(' '))
      }
    }
    trySend(message)
  })
}

function obey(line: string): Promise<string> | string {
  const [name, ...values] = line.split(' ')
  const [size = 0, ...rest] = values.map(Number)
  if (name === 'throughput') return throughput(size, rest[0] ?? 0, rest[1] ?? 0)
  if (name === 'roundtrip') return roundTrips(size, rest[0] ?? 0)
  if (name === 'received') return String(received)
  throw new Error(`Not a command: ${line}`)
}

await complete
console.log('ready')
for await (const line of createInterface(process.stdin)) console.log(await obey(line))
process.exit()

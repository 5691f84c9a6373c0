// Send queue and reassembly together, at random: members that join, leave and crash, a total order with views in
// arbitrary places, a daemon that often says CS_ERR_TRY_AGAIN. What must hold: a message lies in one view, and all
// members of a view deliver the same messages; none is lost or doubled; each sender's come in its order.

import type { Member } from '@quorate/core'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { Reassembly } from './fragments.ts'
import { decodeFrame, fragmentHeaderBytes } from './frames.ts'
import { SendQueue } from './send-queue.ts'

const partBytes = 4
const atomicBytesMax = fragmentHeaderBytes + partBytes
const limits = { atomicBytesMax, packBytesMax: atomicBytesMax, queueBytesMax: 400, queueMessagesMax: 8 }

/** Numbers below `limit`, the same in every run: a linear congruential generator's upper bits. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = BigInt(seed)
  return (limit) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn
    return Number((state >> 33n) % BigInt(limit))
  }
}

/** One process: what a membership does with queue and reassembly, without a daemon. */
class Process {
  readonly self: Member
  /** Taken by the daemon, not yet ordered. */
  readonly inFlight: Buffer[] = []
  /** Each view since the join: the messages delivered in it. */
  readonly views: string[][] = []
  readonly sent: string[] = []
  readonly #queue: SendQueue
  readonly #reassembly = new Reassembly(1000)

  constructor(pid: number, takes: () => boolean) {
    this.self = { nodeid: 1, pid }
    this.#queue = new SendQueue(
      (buffers) => takes() && this.inFlight.push(Buffer.concat(buffers)) > 0,
      limits,
    )
  }

  get idle(): boolean {
    return this.#queue.empty && this.inFlight.length === 0
  }

  send(length: number): void {
    const text = `${this.self.pid}/${this.sent.length}`.padEnd(length, '.')
    if (this.#queue.send(Buffer.from(text))) this.sent.push(text)
  }

  flush(): void {
    this.#queue.flush()
  }

  view(): void {
    this.#reassembly.reset()
    this.views.push([])
    this.#queue.view()
  }

  deliver(from: Member, bytes: Buffer): void {
    const frame = decodeFrame(bytes)
    if (frame?.type === 'whole') this.#tell(frame.bytes)
    if (frame?.type === 'pack') for (const message of frame.messages) this.#tell(message)
    if (frame?.type !== 'fragment') return
    const message = this.#reassembly.add(from, frame)
    if (message !== undefined) this.#tell(message)
    if (from.pid === this.self.pid) this.#queue.delivered(frame.number, message !== undefined)
  }

  #tell(message: Uint8Array): void {
    this.views.at(-1)?.push(Buffer.from(message).toString())
  }
}

/** A group under one random course of events. */
class Group {
  readonly #random: (limit: number) => number
  #members: Process[] = []
  #pids = 0
  /** The messages of each view, as its first member delivered them. */
  viewsCompared = 0

  constructor(seed: number) {
    this.#random = randomNumbers(seed)
    for (let i = 0; i < 3; i++) this.#join()
  }

  run(steps: number): void {
    for (let i = 0; i < steps; i++) this.#step()
    for (let turns = 0; this.#members.some((member) => !member.idle); turns++) {
      ok(turns < 10_000, 'a queue stands still')
      for (const member of this.#members) member.flush()
      this.#order()
    }
    for (const member of this.#members) this.#checkSender(member)
    this.#compareViews()
  }

  #step(): void {
    const choice = this.#random(100)
    if (choice < 1 && this.#members.length < 5) this.#join()
    else if (choice < 2 && this.#members.length > 2) this.#leave(this.#any(this.#members))
    else if (choice < 6) this.#view()
    else if (choice < 30) this.#any(this.#members).send(1 + this.#random(60))
    else if (choice < 50) this.#any(this.#members).flush()
    else this.#order()
  }

  /** One CPG message takes its place in the order, and everybody delivers it. */
  #order(): void {
    const senders = this.#members.filter((member) => member.inFlight.length > 0)
    if (senders.length === 0) return
    const sender = this.#any(senders)
    const bytes = sender.inFlight.shift() as Buffer
    for (const member of this.#members) member.deliver(sender.self, bytes)
  }

  #view(): void {
    this.#compareViews()
    for (const member of this.#members) member.view()
  }

  #join(): void {
    this.#members.push(new Process(++this.#pids, () => this.#random(3) > 0))
    this.#view()
  }

  /** It goes with what it had in flight: members see the beginning of a message that never ends. */
  #leave(member: Process): void {
    this.#compareViews()
    this.#members = this.#members.filter((other) => other !== member)
    for (const other of this.#members) other.view()
  }

  #compareViews(): void {
    const delivered = this.#members.map((member) => member.views.at(-1))
    for (const one of delivered) if (one !== undefined && delivered[0] !== undefined) equal(one, delivered[0])
    this.viewsCompared++
  }

  /** Self-delivery, order and uniqueness at once: it delivered of its own exactly what it sent. */
  #checkSender(member: Process): void {
    const own = member.views.flat().filter((text) => text.startsWith(`${member.self.pid}/`))
    equal(own, member.sent)
  }

  #any<T>(choices: readonly T[]): T {
    return choices[this.#random(choices.length)] as T
  }
}

test('members of a view deliver the same messages, each once and in order, whatever views cut', () => {
  let viewsCompared = 0
  for (let seed = 1; seed <= 300; seed++) {
    const group = new Group(seed)
    group.run(600)
    viewsCompared += group.viewsCompared
  }
  ok(viewsCompared > 5000)
})

test.run()

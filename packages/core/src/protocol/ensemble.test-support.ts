// Several engines, driven by hand: who is in a view with whom, which message is lost where, which disk is slow. Each
// group of members has one order of messages; nothing happens by chance. What was said is kept as a transcript.

import type { Incarnation, MemoryId, RingId } from '../identity.ts'
import { decodeMessage } from '../wire/decode.ts'
import { encodeMessage } from '../wire/encode.ts'
import type { VoterSet } from '../wire/group.ts'
import type { Message } from '../wire/messages.ts'
import { Actor } from './actor.test-support.ts'
import { Disk } from './disk.test-support.ts'
import { Engine } from './engine.ts'
import type { SeededFault } from './faults.ts'
import type { Force } from './force.ts'
import type { Input } from './input.ts'
import { encodeWord, ModelMachine } from './model-machine.test-support.ts'
import { defaultLimits, defaultTimeouts, type EngineOptions, type Limits, type Timeouts } from './options.ts'
import type { Output } from './output.ts'
import { describeMessage } from './transcript.test-support.ts'

export interface EnsembleOptions {
  /** Node ids, with the policy `majority`. */
  readonly voters: readonly number[] | VoterSet
  readonly fault?: SeededFault | undefined
  readonly limits?: Partial<Limits>
  readonly timeouts?: Partial<Timeouts>
}

interface Group {
  readonly ids: readonly number[]
  readonly ring: RingId
  /** Sent, in their order, and not yet delivered. */
  readonly queue: { readonly from: number; readonly bytes: Uint8Array; readonly message: Message }[]
}

export class Ensemble {
  readonly actors = new Map<number, Actor>()
  /** Lines like `2: promise 1.1` and `3! adopted 1.1`. */
  readonly transcript: string[] = []
  /** Whether a message is lost on its way to a member. */
  lose: (to: number, from: number, message: Message) => boolean = () => false
  /** Hears of each engine that is made, before its first step. */
  onStart: (options: EngineOptions, engine: Engine) => void = () => {}
  now = 0
  readonly #options: EnsembleOptions
  #groups: Group[] = []
  #rings = 0n
  #lives = 0
  #turn: { readonly actor: Actor; readonly input: Input }[] = []

  constructor(options: EnsembleOptions) {
    this.#options = options
  }

  /** A group that has committed the VIEW entry of its first epoch. */
  static running(options: EnsembleOptions, ...ids: readonly number[]): Ensemble {
    const ensemble = new Ensemble(options)
    for (const id of ids) ensemble.start(id)
    ensemble.view(ids)
    ensemble.deliver()
    ensemble.said()
    return ensemble
  }

  /** What the machine of a member holds, as one line. */
  words(id: number): string {
    return this.actor(id).machine.words.join(' ')
  }

  actor(id: number): Actor {
    return this.actors.get(id) as Actor
  }

  /** Begins a process, on its disk if it had one that is not lost. */
  start(id: number, changes: Partial<EngineOptions> = {}, disk = new Disk()): Actor {
    const { voters: given, fault = null, limits, timeouts } = this.#options
    const voters: VoterSet = 'policy' in given ? given : { nodeids: given, policy: 'majority' }
    this.#lives += 1
    const incarnation = (id * 1000 + this.#lives) as Incarnation
    const machine = new ModelMachine()
    const stored = disk.load(machine, incarnation)
    const made: EngineOptions = {
      self: { nodeid: id % 100, pid: id, incarnation },
      role: voters.nodeids.includes(id % 100) ? 'voter' : 'learner',
      voters,
      votersFromNodeList: false,
      memory: (id * 1_000_000 + this.#lives) as MemoryId,
      protocolVersions: { lowest: 1, highest: 1 },
      machineVersions: { lowest: 1, highest: 1 },
      wallOffsetMs: 1000,
      timeouts: { ...defaultTimeouts, ...timeouts },
      limits: { ...defaultLimits, ...limits },
      messageBytesMax: Number.POSITIVE_INFINITY,
      fault,
      ...changes,
      stored,
    }
    const engine = new Engine(made)
    this.onStart(made, engine)
    const actor = new Actor(id, engine, machine, disk)
    this.actors.set(id, actor)
    this.#perform(actor, engine.start())
    this.#drain()
    return actor
  }

  /** Ends a process as a power failure does; its disk remains. */
  crash(id: number): Disk {
    const { disk } = this.actor(id)
    this.actors.delete(id)
    return disk
  }

  /** Processes crash, and others begin in their places, without their disks. */
  restart(...ids: readonly number[]): void {
    for (const id of ids) {
      this.crash(id)
      this.start(id)
    }
  }

  /** A new ring for each group of ids; what was under way in the old ones is lost. Others hear nothing. */
  view(...groups: readonly (readonly number[])[]): void {
    const ids = new Set(groups.flat())
    this.#groups = this.#groups.filter((group) => !group.ids.some((id) => ids.has(id)))
    for (const each of groups) {
      this.#rings += 1n
      const group = { ids: each, ring: { nodeid: each[0] as number, seq: this.#rings }, queue: [] }
      this.#groups.push(group)
      const members = each.map((id) => this.actor(id).member)
      members.sort((a, b) => a.nodeid - b.nodeid || a.pid - b.pid)
      const nodeids = [...new Set(members.map(({ nodeid }) => nodeid))]
      for (const id of each) this.step(id, { type: 'view', members, ring: group.ring, nodeids })
    }
    this.#settle()
  }

  /** The quorum service says this to each of a group, of the ring that they are in. */
  quorum(ids: readonly number[], quorate: boolean): void {
    for (const id of ids) this.step(id, { type: 'quorum', ring: this.#groupOf(id).ring, quorate })
    this.#settle()
  }

  submit(id: number, ...commands: readonly string[]): void {
    const actor = this.actor(id)
    for (const word of commands) {
      actor.requests += 1
      this.step(id, { type: 'submit', request: actor.requests, command: encodeWord(word) })
    }
    this.step(id, { type: 'settle' })
  }

  /** The operator's word. */
  force(id: number, what: Partial<Force>): void {
    this.input(id, { type: 'force', force: { missing: [], logOf: null, voters: null, ...what } })
  }

  input(id: number, input: Input): void {
    this.step(id, input)
    this.step(id, { type: 'settle' })
  }

  /** Delivers what was sent and what follows from it, until nothing more comes without time; at most `count`. */
  deliver(count = 10_000): void {
    for (let delivered = 0; delivered < count; delivered++) {
      const group = this.#groups.find(({ queue }) => queue.length > 0)
      if (group === undefined) return
      this.#deliverNext(group)
    }
    if (count === 10_000) throw new Error('The engines talk without end')
  }

  /** Delivers until a message is the next that `wanted` accepts. */
  deliverUntil(wanted: (message: Message, from: number) => boolean): void {
    for (;;) {
      const group = this.#groups.find(({ queue }) => queue.length > 0)
      const next = group?.queue[0]
      if (group === undefined || next === undefined) throw new Error('No such message comes')
      if (wanted(next.message, next.from)) return
      this.#deliverNext(group)
    }
  }

  /** Time passes; deadlines and deliveries happen as they come. */
  pass(ms: number): void {
    const end = this.now + ms
    this.deliver()
    while (this.#fireNext(end)) this.deliver()
    this.now = end
  }

  /** As `pass`, on a network that needs so long for each message; what is sent meanwhile waits. */
  passSlowly(ms: number, takesMs: (message: Message) => number): void {
    for (const end = this.now + ms; this.now < end; ) {
      const group = this.#groups.find(({ queue }) => queue.length > 0)
      const next = group?.queue[0]
      const then = this.now + (next === undefined ? 1 : takesMs(next.message))
      while (this.#fireNext(then));
      this.now = then
      if (group !== undefined) this.#deliverNext(group)
    }
  }

  /** Writes of a slow disk end, the first `count` of them. */
  sync(id: number, count = Number.POSITIVE_INFINITY): void {
    const actor = this.actor(id)
    for (const { token } of actor.waiting.splice(0, count)) {
      actor.disk.sync(token)
      this.step(id, { type: 'stored', token })
    }
    this.step(id, { type: 'settle' })
  }

  /** One input, and those that its outputs cause. */
  step(id: number, input: Input): void {
    this.#turn.push({ actor: this.actor(id), input })
    this.#drain()
  }

  /** A message comes to one member alone. */
  inject(to: number, from: number, message: Message): void {
    const { self, group } = this.actor(from).state
    const received = { from: self, group: group?.random ?? 0, message }
    this.input(to, { type: 'message', received })
  }

  /** What was said since the last look. */
  said(): string[] {
    return this.transcript.splice(0)
  }

  /** The earliest deadline, if it is not behind `end`. */
  #fireNext(end: number): boolean {
    const due = [...this.actors.values()].filter(({ hung }) => !hung)
    due.sort((a, b) => a.engine.deadlineMs - b.engine.deadlineMs)
    const [next] = due
    if (next === undefined || next.engine.deadlineMs > end) return false
    this.now = Math.max(this.now, next.engine.deadlineMs)
    this.input(next.id, { type: 'time' })
    return true
  }

  #groupOf(id: number): Group {
    return this.#groups.find(({ ids }) => ids.includes(id)) as Group
  }

  #settle(): void {
    for (const { id } of this.actors.values()) this.step(id, { type: 'settle' })
  }

  #deliverNext({ ids, queue }: Group): void {
    const next = queue.shift()
    if (next === undefined) return
    const decoded = decodeMessage(next.bytes)
    if (!decoded.ok) throw new Error(`A message cannot be read: ${decoded.reason}`)
    const { message, incarnation, group } = decoded
    const from = { nodeid: next.from % 100, pid: next.from, incarnation }
    for (const id of ids) {
      if (!this.actors.has(id) || this.lose(id, next.from, message)) continue
      this.step(id, { type: 'message', received: { from, group, message } })
    }
    for (const id of ids) if (this.actors.has(id)) this.step(id, { type: 'settle' })
  }

  #drain(): void {
    for (let next = this.#turn.shift(); next !== undefined; next = this.#turn.shift()) {
      if (!next.actor.hung) this.#perform(next.actor, next.actor.engine.step(next.input, this.now))
    }
  }

  #perform(actor: Actor, outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.type === 'send') this.#send(actor, output.message)
      const input = actor.perform(output, (line) => this.transcript.push(line))
      if (input !== null) this.#turn.push({ actor, input })
    }
  }

  #send(actor: Actor, message: Message): void {
    const { self, group } = actor.state
    const bytes = encodeMessage({ incarnation: self.incarnation, group: group?.random ?? 0 }, message)
    this.transcript.push(`${actor.id}: ${describeMessage(message)}`)
    this.#groups.find(({ ids }) => ids.includes(actor.id))?.queue.push({ from: actor.id, bytes, message })
  }
}

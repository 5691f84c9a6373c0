// One simulated replica: the real loop, with every step looked at.

import type { StorageWrite, TransportEvent } from '@quorate/core'
import {
  type CommandOutcome,
  encodeCommand,
  type Incarnation,
  type Index,
  Loop,
  type LoopListener,
  type MemoryId,
  type Notice,
  type Output,
  ReplicatedState,
  type State,
} from '@quorate/core/simulation'
import type { Place, Subject } from '../world/place.ts'
import type { Group } from './group.ts'
import { Violation } from './history.ts'
import { type Ordered, probeMachine } from './probe-machine.ts'

interface Request {
  readonly name: string
  /** What was acknowledged, to anybody, when it was submitted. */
  readonly after: Index
}

export class Replica implements Subject, LoopListener {
  readonly loop: Loop
  readonly #place: Place
  readonly #group: Group
  readonly #requests = new Map<number, Request>()
  readonly #numbers = new Map<number, number>()
  readonly #reads = new Map<number, Index>()
  #lastRequest = 0
  #started = false
  #adoptions = 0

  constructor(place: Place, group: Group) {
    this.#place = place
    this.#group = group
    const { nodeid, pid, random, storage, clock } = place
    const role = group.voters.nodeids.includes(nodeid) ? 'voter' : 'learner'
    const incarnation = (random.bits53() || 1) as Incarnation
    const memory = (random.bits53() || 1) as MemoryId
    const { voters, timeouts, limits, fault } = group
    const versions = { lowest: 1, highest: 1 }
    this.loop = new Loop(
      new ReplicatedState(probeMachine, { guard: false }),
      {
        self: { nodeid, pid, incarnation },
        role,
        voters,
        votersFromNodeList: false,
        memory,
        protocolVersions: versions,
        machineVersions: versions,
        timeouts,
        limits,
        fault,
      },
      {
        clock,
        send: (bytes) => place.send(bytes),
        wake: () => {},
        storage: storage && { stored: storage.stored, write: (write, done) => this.#write(write, done) },
      },
      this,
    )
    this.#watch()
  }

  get state(): State {
    return this.loop.engine.state
  }

  get openRequests(): number {
    return this.#requests.size + this.#reads.size
  }

  event(event: TransportEvent): void {
    if (!this.#started) {
      this.#started = true
      this.loop.start({ nodeid: this.#place.nodeid, pid: this.#place.pid })
    }
    this.loop.event(event)
  }

  settle(): void {
    if (!this.#started) return
    this.loop.settle()
  }

  write(kind: 'write' | 'later'): void {
    if (!this.#started || this.openRequests >= 4) return
    const request = ++this.#lastRequest
    const name = `${this.state.self.incarnation}.${request}`
    this.#requests.set(request, { name, after: this.#group.acknowledged })
    this.loop.input({ type: 'submit', request, command: encodeCommand(kind, name) })
  }

  read(): void {
    if (!this.#started || this.openRequests >= 4) return
    const read = ++this.#lastRequest
    this.#reads.set(read, this.#group.acknowledged)
    this.loop.input({ type: 'read', read })
  }

  numbered(first: number, requests: readonly number[]): void {
    for (const [i, request] of requests.entries()) this.#numbers.set(first + i, request)
  }

  outcomes(outcomes: readonly CommandOutcome[]): void {
    for (const outcome of outcomes) {
      const request = this.#numbers.get(outcome.number)
      const open = request === undefined ? undefined : this.#requests.get(request)
      if (request === undefined || open === undefined) continue
      if (outcome.type === 'ignored') throw new Violation(`5: the open command ${open.name} is ignored`)
      if (outcome.type !== 'result') throw new Violation(`5: the command ${open.name} is ${outcome.type}`)
      this.#requests.delete(request)
      this.#group.acknowledge(this.#place.nodeid, (outcome.result as Ordered).index, open.after, 'write')
    }
  }

  expired(numbers: readonly number[]): void {
    for (const number of numbers) {
      this.#group.count('outcome unknown')
      this.#requests.delete(this.#numbers.get(number) ?? 0)
    }
  }

  readable(reads: readonly number[]): void {
    for (const read of reads) {
      const after = this.#reads.get(read)
      if (after === undefined) continue
      this.#reads.delete(read)
      this.#group.acknowledge(this.#place.nodeid, this.loop.state.index, after, 'read')
    }
  }

  emitted(index: Index, events: readonly unknown[]): void {
    for (const event of events) this.#group.history.effect(this.#place.nodeid, event as string, index)
  }

  applied(index: Index): void {
    const { nodeid } = this.#place
    this.#group.history.digest(nodeid, index, this.loop.state.digest())
  }

  notice(notice: Notice): void {
    this.#group.count(notice.notice === 'obstacle' ? `obstacle ${notice.obstacle.reason}` : notice.notice)
    if (notice.notice === 'adopted')
      this.#group.history.adopt(this.#place.nodeid, notice.ballot, notice.base, this.state.log)
  }

  stopped(reason: string, cause: Error): void {
    if (reason !== 'storage')
      throw new Violation(`stopped: node ${this.#place.nodeid}: ${reason}: ${cause.message}`)
    this.#place.exit(cause)
  }

  #write(write: StorageWrite, done: (error?: Error) => void): void {
    const blank = write.record?.blank
    this.#place.storage?.write(write, (error) => {
      if (error === undefined && blank === false) this.#group.remembers(this.#place.nodeid)
      done(error)
    })
  }

  /** Looks at every step of the engine. */
  #watch(): void {
    const { engine } = this.loop
    const step = engine.step.bind(engine)
    engine.step = (input, nowMs) => {
      const outputs = step(input, nowMs)
      this.#look(outputs)
      return outputs
    }
  }

  #look(outputs: readonly Output[]): void {
    const { state } = this
    const { nodeid } = this.#place
    const { history } = this.#group
    const epoch = this.#commitEpoch()
    for (const output of outputs) {
      if (output.type === 'apply') {
        for (const [i, { chain }] of output.entries.entries())
          history.commit(nodeid, output.first + i, chain, epoch)
      }
      if (output.type === 'restore')
        history.commit(nodeid, output.index, state.log.chainAt(output.index) as number, epoch)
    }
    if (state.adoptions === this.#adoptions) return
    this.#adoptions = state.adoptions
    if (this.#place.storage === null) this.#group.remembers(nodeid)
  }

  /** What was transferred was committed at the latest in the epoch that is being joined. */
  #commitEpoch(): State['promised'] {
    const { active, epoch, installed } = this.state
    return active ? epoch.ballot : (installed?.install.ballot ?? epoch.ballot)
  }
}

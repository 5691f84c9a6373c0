// One simulated replica: the loop that runs in production, on the ports of the simulated world.

import { QuorateError, type StorageWrite, type TransportEvent } from '@quorate/core'
import {
  type CommandOutcome,
  type Index,
  Loop,
  type LoopListener,
  type Machine,
  type Notice,
  type ReplicatedState,
  type State,
} from '@quorate/core/simulation'
import type { Place, Subject } from '../world/place.ts'
import { engineOptions } from './engine-options.ts'
import type { Group } from './group.ts'
import { Requests } from './requests.ts'
import { Violation } from './violation.ts'
import { type Step, watch } from './watch.ts'

export class Replica implements Subject, LoopListener {
  readonly nodeid: number
  readonly loop: Loop
  readonly requests: Requests = new Requests(() => this.loop)
  readonly #place: Place
  readonly #group: Group
  #started = false
  #isBeginning = false
  #version = 0

  constructor(place: Place, group: Group) {
    this.nodeid = place.nodeid
    this.#place = place
    this.#group = group
    this.loop = this.#makeLoop()
    group.invariants.started(this.nodeid, this.state)
    group.census.started(this.nodeid, this.state)
    watch(this.loop, this.nodeid, (step) => this.#look(step))
  }

  /** With the program that its operator has given it, or, where that cannot read what is stored, with the newest. */
  static start(place: Place, group: Group): Replica {
    try {
      return new Replica(place, group)
    } catch (error) {
      if (!isTooOld(error)) throw error
      group.programs.refused(place.nodeid)
      return new Replica(place, group)
    }
  }

  get state(): State {
    return this.loop.engine.state
  }

  /** It has heard its first event: before that nothing can be asked of it. */
  get isStarted(): boolean {
    return this.#started
  }

  event(event: TransportEvent): void {
    if (!this.#started) {
      this.#started = true
      this.#isBeginning = true
      this.loop.start({ nodeid: this.nodeid, pid: this.#place.pid })
      this.#isBeginning = false
    }
    this.loop.event(event)
  }

  settle(): void {
    if (this.#started) this.loop.settle()
  }

  numbered(first: number, requests: readonly number[]): void {
    this.requests.numbered(first, requests)
  }

  outcomes(outcomes: readonly CommandOutcome[]): void {
    this.requests.outcomes(outcomes)
  }

  expired(numbers: readonly number[]): void {
    this.requests.expired(numbers)
  }

  readable(reads: readonly number[]): void {
    this.requests.readable(reads)
  }

  emitted(index: Index, events: readonly unknown[]): void {
    this.#group.workload.emitted(this, index, events)
  }

  applied(index: Index): void {
    const { machine } = this.loop.state.versions
    if (this.#version !== 0 && machine > this.#version) this.#group.census.count('version raised by an entry')
    this.#version = machine
    this.#group.invariants.applied(this.nodeid, this.state, index, () => this.loop.state.digest())
  }

  notice(notice: Notice): void {
    this.#group.census.noticed(this.nodeid, notice)
    this.#group.invariants.noticed(this.nodeid, notice, this.state)
    if (notice.notice === 'set-aside') this.#setAside()
  }

  /** What an invariant throws while an entry is applied comes back as the machine's failure. */
  stopped(reason: string, cause: Error): void {
    if (cause instanceof Violation) throw cause
    if (this.#isBeginning && isTooOld(cause)) {
      this.#group.programs.refused(this.nodeid)
      this.#place.exit(cause)
      return
    }
    if (reason !== 'storage')
      throw new Violation('stopped', `node ${this.nodeid} stops (${reason}): ${cause.message}`)
    this.#place.exit(cause)
  }

  #look(step: Step): void {
    this.#group.invariants.stepped(step)
    this.#group.census.stepped(step)
    if (step.before.adoptions !== step.state.adoptions) this.#adopted()
  }

  #setAside(): void {
    this.#group.faultModel.setAside(this.nodeid)
    // In one step, perhaps.
    if (!this.state.blank) this.#adopted()
  }

  /** With a storage it remembers only what that has. */
  #adopted(): void {
    if (this.#place.storage === null) this.#group.faultModel.remembers(this.nodeid)
  }

  #makeLoop(): Loop {
    const { nodeid, storage, clock } = this.#place
    const { setting, programs } = this.#group
    const machine = programs.of(nodeid)
    const options = engineOptions(this.#place, this.#group, machine, setting.voters)
    const ports = {
      clock,
      send: (bytes: Uint8Array) => this.#place.send(bytes),
      wake: () => {},
      storage: storage && {
        stored: storage.stored,
        write: (write: StorageWrite, done: (error?: Error) => void) => this.#write(write, done),
      },
    }
    return new Loop(() => this.#makeState(machine), options, ports, this)
  }

  #makeState(machine: Machine): ReplicatedState {
    const { workload, invariants } = this.#group
    return workload.makeState(machine, (command, index) =>
      invariants.histories.of(this.nodeid, this.state)?.effects.applied(this.nodeid, command, index),
    )
  }

  #write(write: StorageWrite, done: (error?: Error) => void): void {
    const blank = write.record?.blank
    this.#place.storage?.write(write, (error) => {
      if (error === undefined && blank === false && !this.state.blank)
        this.#group.faultModel.remembers(this.nodeid)
      done(error)
    })
  }
}

/** The program, for what its storage has applied. */
function isTooOld(cause: unknown): cause is QuorateError {
  return cause instanceof QuorateError && cause.code === 'VersionTooNew'
}

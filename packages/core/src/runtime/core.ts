// All that one open replica is made of: the loop, and around it what callers wait for and hear.

import { messageOf, QuorateError, type QuorateErrorCode } from '../errors.ts'
import type { Member } from '../identity.ts'
import type { Index } from '../log/entry.ts'
import { forbidInMachine } from '../machine/determinism-guard.ts'
import type { CommandOutcome } from '../machine/outcome.ts'
import type { ReplicatedState } from '../machine/replicated-state.ts'
import type { Stored } from '../ports/storage.ts'
import type { Channel, TransportEvent } from '../ports/transport.ts'
import type { HeldVote } from '../ports/vote.ts'
import type { Notice } from '../protocol/output.ts'
import { capture } from './capture.ts'
import { Divergences } from './divergences.ts'
import { EmittedEvents } from './emitted-events.ts'
import { emptied } from './emptied-storage.ts'
import { again, diverged, divergedAgain, noQuorum, notYet } from './failures.ts'
import { completeForce, type ForceOrder } from './force-order.ts'
import { LastView } from './last-view.ts'
import { Loop, type LoopEngineOptions } from './loop.ts'
import { NeighbourWatch } from './neighbour-watch.ts'
import { type CallOptions, checkCallOptions } from './patience.ts'
import type { LoopListener, LoopStorage } from './ports.ts'
import { Readiness } from './readiness.ts'
import { Reads } from './reads.ts'
import { ReplicaEvents } from './replica-events.ts'
import type { CompleteOptions } from './replica-options.ts'
import { Room } from './room.ts'
import { Standing } from './standing.ts'
import { Submissions } from './submissions.ts'
import { Subscriptions } from './subscriptions.ts'
import { type EngineBounds, type Tunables, Tuning } from './tuning.ts'
import { VoterDifference } from './voter-difference.ts'

export interface CoreOptions extends CompleteOptions {
  /** As it is before the first entry. */
  readonly makeState: () => ReplicatedState
  /** For a process that is new: with an incarnation and a memory of its own each time. */
  readonly makeEngine: (self: Member) => Omit<LoopEngineOptions, keyof EngineBounds>
  readonly channel: Channel
  readonly vote: HeldVote
  readonly opened: LoopStorage | null
  readonly commandBytesMax: number
}

export class Core implements LoopListener {
  /** Another one once the state has diverged. */
  loop: Loop
  readonly tuning: Tuning
  readonly room: Room
  readonly standing: Standing
  readonly events: ReplicaEvents
  readonly emittedEvents: EmittedEvents
  readonly subscriptions: Subscriptions = new Subscriptions()
  readonly submissions: Submissions
  readonly reads: Reads
  readonly readiness: Readiness
  readonly divergences: Divergences
  readonly neighbourWatch: NeighbourWatch
  readonly #options: CoreOptions
  /** The vote and the storage are this node's. */
  readonly #nodeid: number
  readonly #lastView = new LastView()
  readonly #voterDifference: VoterDifference
  #ended: QuorateError | null = null
  #left: Promise<void> | null = null
  #woken = false

  constructor(options: CoreOptions) {
    this.#options = options
    const { group, channel, clock, overload, commandBytesMax } = options
    this.#nodeid = channel.self.nodeid
    this.tuning = new Tuning(options)
    const limits = () => this.tuning.limits
    const source = { group, nodeid: this.#nodeid }
    const input: Loop['enqueue'] = (each) => this.loop.enqueue(each)
    // It throws where machine or storage are not as they must be: before anything runs.
    this.loop = this.#makeLoop(this.#engineOptions(), options.opened)
    this.events = new ReplicaEvents(source)
    this.emittedEvents = new EmittedEvents(limits)
    this.room = new Room(limits)
    this.submissions = new Submissions({ room: this.room, overload, clock, commandBytesMax, input })
    this.reads = new Reads({ clock, limits, input })
    this.divergences = new Divergences(clock)
    this.neighbourWatch = new NeighbourWatch(channel, clock, source, (warning) =>
      this.events.tell('warning', warning),
    )
    this.standing = this.#makeStanding()
    this.readiness = new Readiness(clock, this.standing)
    this.#voterDifference = new VoterDifference(options.configuredNodes, (warning) =>
      this.events.tell('warning', warning),
    )
  }

  /** To be called once, when events can come. */
  start(self: Member): void {
    this.loop.start(self)
    this.neighbourWatch.start()
  }

  /** Why the replica does nothing any more; `null`: it is open. */
  get ended(): QuorateError | null {
    return this.#ended
  }

  /** The channel goes on telling until it is closed: by then what waited for room is void, and nothing can be sent. */
  event(event: TransportEvent): void {
    if (this.#ended !== null) return
    this.#lastView.note(event)
    if (event.type === 'view') {
      this.standing.view(event)
      this.#lookAtVoters()
    }
    if (event.type === 'down') this.standing.down(event.error)
    if (event.type === 'up' && event.self.nodeid !== this.#nodeid) this.#stop('Stopped', moved(event.self))
    this.loop.event(event)
  }

  /** The loop, and who waits for it, know nothing of calls that come too late. */
  submit(name: string, input: unknown, call: CallOptions): Promise<unknown> {
    forbidInMachine('replica.submit', 'each replica would submit one of its own. Use ctx.schedule')
    if (this.#ended !== null) return Promise.reject(again(this.#ended, 'unapplied'))
    const { machine } = this.#options
    const { versions } = this.loop.state
    if (machine.since(name) > versions.machine) return Promise.reject(notYet(machine, name, versions.machine))
    return this.submissions.submit(name, input, call)
  }

  read<T>(select: () => T, call: CallOptions): Promise<T> {
    forbidInMachine('replica.read', 'it is answered later. Use the state that the reducer gets')
    if (this.#ended !== null) return Promise.reject(again(this.#ended))
    if (this.standing.quorumLost) return Promise.reject(noQuorum(this.standing))
    return this.reads.read(select, call)
  }

  async ready(call: CallOptions): Promise<void> {
    checkCallOptions(call)
    if (this.#ended !== null) throw again(this.#ended)
    if (!this.standing.primary) await this.readiness.wait(call)
  }

  capture(): Stored {
    const { group, machine } = this.#options
    return capture(this.loop, { group, nodeid: this.#nodeid, machine: machine.name })
  }

  /** @throws {QuorateError} the replica is not open, not in a view, or the order is not what is asked for */
  force(order: ForceOrder): void {
    if (this.#ended !== null) throw again(this.#ended)
    const { view, voters } = this.loop.engine.state
    const force = completeForce(order, voters)
    if (view === null) throw noQuorum(this.standing)
    this.loop.input({ type: 'force', force })
  }

  /** @throws {QuorateError} the replica is not open, or the bounds are not what is asked for */
  tune(changes: Tunables): void {
    forbidInMachine(
      'replica.tune',
      "bounds are a node's own. Give them to ctx.emit, and tune where it is read",
    )
    if (this.#ended !== null) throw again(this.#ended)
    const { voters } = this.loop.engine.state
    const changed = this.tuning.tune(changes, this.#options.machine, voters.nodeids)
    if (changed.length === 0) return
    this.loop.input({ type: 'tune', ...this.#engineBounds })
    this.room.admit()
    this.standing.tuned()
    const { limits, timeouts } = this.tuning
    this.events.tell('tuned', { changed, limits, timeouts })
  }

  close(): Promise<void> {
    forbidInMachine(
      'replica.close',
      'each replica would leave. Give it to ctx.emit, and close where it is read',
    )
    this.#end(this.#ended ?? new QuorateError('Closed', `${this.#name} was closed: open a new one to go on`))
    return this.#leave()
  }

  numbered(first: number, requests: readonly number[]): void {
    this.submissions.numbered(first, requests)
  }

  outcomes(outcomes: readonly CommandOutcome[]): void {
    this.submissions.outcomes(outcomes)
  }

  expired(numbers: readonly number[]): void {
    this.submissions.expired(numbers)
  }

  readable(reads: readonly number[]): void {
    this.reads.readable(reads)
  }

  emitted(index: Index, events: readonly unknown[]): void {
    this.emittedEvents.emit(index, events)
  }

  applied(index: Index): void {
    this.standing.applied(index)
    this.subscriptions.changed()
  }

  notice(notice: Notice): void {
    this.standing.notice(notice)
    if (notice.notice === 'set-aside') this.emittedEvents.beginAnew()
    // A replica that had no group has met one.
    if (notice.notice === 'adopted') this.#lookAtVoters()
  }

  stopped(reason: Parameters<LoopListener['stopped']>[0], cause: Error): void {
    if (reason === 'diverged' && this.divergences.note()) this.#beginAnew()
    else this.#stop(codes[reason] ?? 'Stopped', cause)
  }

  #lookAtVoters(): void {
    this.#voterDifference.look(this.loop.engine.state.voters)
  }

  #stop(code: QuorateErrorCode, cause: Error): void {
    const hint = code === 'Diverged' ? divergedAgain(this.#options.machine) : ''
    const message = `${this.#name} has stopped and left: ${messageOf(cause)}${hint}`
    const error = new QuorateError(code, message, { cause })
    this.#end(error)
    this.events.tell('stopped', { error })
    // Who closes the replica hears of it; nobody may.
    this.#leave().catch(() => {})
  }

  /**
   * As a replica that was just opened, with nothing, in the membership that lasts: it is given the group's entries, or a
   * snapshot where the first are no longer kept. What is open goes on as far as it can.
   */
  #beginAnew(): void {
    const { channel, opened } = this.#options
    // The operator may have changed them since the replica was opened.
    const { voters, role } = this.loop.engine.state
    const engine = { ...this.#engineOptions(), voters, role }
    this.loop = this.#makeLoop(engine, opened && emptied(opened))
    this.standing.beginAnew()
    this.loop.start(channel.self)
    this.#lastView.tell(this.loop)
    this.submissions.beginAnew(diverged)
    this.reads.beginAnew()
  }

  get #name(): string {
    return `The replica of '${this.#options.group}' on node ${this.#nodeid}`
  }

  #makeStanding(): Standing {
    return new Standing({
      clock: this.#options.clock,
      timeouts: () => this.tuning.timeouts,
      // Another process of this node may lead.
      isOwn: ({ incarnation }) => incarnation === this.loop.engine.state.self.incarnation,
      tell: (name, event) => this.events.tell(name, event),
      quorumLost: () => this.reads.fail(noQuorum(this.standing)),
      quorumFound: () => this.readiness.reached(),
    })
  }

  #engineOptions(): LoopEngineOptions {
    const { makeEngine, channel } = this.#options
    return { ...makeEngine(channel.self), ...this.#engineBounds }
  }

  get #engineBounds(): EngineBounds {
    return this.tuning.forEngine(this.#options.commandBytesMax)
  }

  #makeLoop(engine: LoopEngineOptions, storage: LoopStorage | null): Loop {
    const { makeState, clock, channel } = this.#options
    const ports = {
      ...{ clock, storage },
      send: (bytes: Uint8Array) => channel.send(bytes),
      wake: () => this.#wake(),
    }
    return new Loop(makeState, engine, ports, this)
  }

  /**
   * All that the transport hands over in one turn goes together, and all that callers submit when they are answered: a
   * microtask runs behind theirs. A turn later (setImmediate) packs no more, and costs a caller that is alone its time.
   */
  #wake(): void {
    if (this.#woken) return
    this.#woken = true
    queueMicrotask(this.#settle)
  }

  readonly #settle = (): void => {
    this.#woken = false
    this.loop.settle()
  }

  #end(reason: QuorateError): void {
    if (this.#ended !== null) return
    this.#ended = reason
    this.loop.stop()
    this.standing.end()
    this.neighbourWatch.end()
    this.submissions.end((outcome) => again(reason, outcome))
    this.reads.fail(again(reason))
    this.readiness.fail(again(reason))
    this.subscriptions.end()
    this.emittedEvents.end()
  }

  #leave(): Promise<void> {
    this.#left ??= this.#closePorts()
    return this.#left
  }

  /** The vote last: nothing acts in its name any more. */
  async #closePorts(): Promise<void> {
    const { channel, storage, vote } = this.#options
    try {
      await channel.close()
    } finally {
      try {
        await storage?.close()
      } finally {
        await vote.release()
      }
    }
  }
}

const moved = ({ nodeid }: Member): Error =>
  new Error(`its node has another id, and it has joined again as ${nodeid}: open the replica again`)

/** Of the reasons to stop, those that have a code of their own. */
const codes: { readonly [reason: string]: QuorateErrorCode } = {
  storage: 'StorageFailed',
  diverged: 'Diverged',
}

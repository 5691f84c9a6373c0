// All that a group replicates: the application's state, and around it sessions, cluster time, timers, membership and
// versions. A function of the committed log: equal entries make equal states, byte for byte. An entry is applied as a
// whole or, when the machine has a bug, not at all. Design: docs/protocol.md, "Sessions", "Cluster time, timers".

import { digestOf } from '../digest.ts'
import { messageOf, QuorateError, Rejection } from '../errors.ts'
import type { Incarnation } from '../identity.ts'
import type { CommandsBody, EntryBody, Index, Versions, ViewBody } from '../log/entry.ts'
import type { Answer, Application } from './application.ts'
import { CommandBatch } from './command-batch.ts'
import { EntryContext } from './context.ts'
import { encode } from './data/encode.ts'
import { SliceDecoder } from './data/slice-decoder.ts'
import type { SliceEncoder } from './data/slice-encoder.ts'
import { runGuarded } from './determinism-guard.ts'
import { frozenWriteHint } from './frozen-write.ts'
import { type GroupMember, membershipChange } from './group-membership.ts'
import {
  checkVersion,
  emptyGroupState,
  encodeFingerprint,
  type GroupState,
  restoredGroupState,
  sliceGroupState,
} from './group-state.ts'
import type { Machine } from './machine.ts'
import { type CommandOutcome, outcomesOf, storedOutcomes } from './outcome.ts'
import type { Session } from './session.ts'
import { TimerBatch } from './timer-batch.ts'

export interface ReplicatedStateOptions {
  /** Whether clocks, randomness and I/O throw inside the machine. Default: unless NODE_ENV is `production`. */
  readonly guard?: boolean
}

/** What an entry did. */
export interface Applied {
  /** Of the own commands in it, one per number, in order; of others' none. */
  readonly outcomes: readonly CommandOutcome[]
  /** What the machine emitted, in order; frozen. */
  readonly events: readonly unknown[]
  /** Whether the application's state is another than before. */
  readonly changed: boolean
}

/** Reads a snapshot while it comes; for `restoreFrom`. */
export const snapshotDecoder = (): SliceDecoder => new SliceDecoder({ freeze: true, tables: true })

const nothing: readonly never[] = []

export class ReplicatedState<State = unknown> {
  readonly #machine: Machine<State>
  readonly #application: Application
  readonly #guard: boolean
  #group: GroupState = emptyGroupState()

  constructor(
    machine: Machine<State>,
    { guard = process.env['NODE_ENV'] !== 'production' }: ReplicatedStateOptions = {},
  ) {
    this.#machine = machine
    this.#guard = guard
    this.#application = machine.open()
    this.#begin()
  }

  /** The application's. Frozen, or, with `defineForeignMachine`, its own object. */
  get state(): State {
    return this.#application.state as State
  }

  /** Of the last entry that was applied. */
  get index(): Index {
    return this.#group.index
  }

  /** Cluster time, milliseconds. */
  get timeMs(): number {
    return this.#group.timeMs
  }

  /** When the next timer is due, in cluster time. */
  get nextTimerMs(): number | null {
    return this.#group.timers.nextMs
  }

  /** In force; 0 before the first VIEW entry. */
  get versions(): Versions {
    return this.#group.versions
  }

  /** How far above its lowest open number a session's commands are applied. */
  get openCommandsMax(): number {
    return this.#group.limits.openCommandsMax
  }

  /** By node id, then pid. */
  get members(): readonly GroupMember[] {
    return this.#group.members
  }

  /** Whether a command of this name can be submitted. */
  hasCommand(name: string): boolean {
    return this.#application.hasCommand(name)
  }

  /** The index of the VIEW entry that opened the session of `incarnation`; 0: it has none. */
  session(incarnation: Incarnation): Index {
    return this.#group.sessions.get(incarnation)?.index ?? 0
  }

  /** What is known of commands of `incarnation` that it has not confirmed: after a snapshot, its open ones. */
  storedOutcomes(incarnation: Incarnation): readonly CommandOutcome[] {
    const session = this.#group.sessions.get(incarnation)
    return session === undefined ? nothing : storedOutcomes(session)
  }

  /**
   * Applies a committed entry, the one behind `index`.
   *
   * @param own the incarnation whose commands' outcomes are wanted
   * @throws {QuorateError} `MachineFailed`, `UnknownReducer`, `VersionTooNew`, `VersionTooOld`: the state is as before
   */
  apply(index: Index, body: EntryBody, own: Incarnation): Applied {
    if (index !== this.#group.index + 1)
      throw new RangeError(`Entry ${index} does not follow ${this.#group.index}, the last that was applied`)
    if (body.type === 'view') this.#checkVersions(body)
    const nowMs = Math.max(this.#group.timeMs, body.timeMs)
    const context = this.#context(index, nowMs, body)
    const before = this.#application.checkpoint()
    const settle = this.#runWhole(context, () => this.#perform(body, context))
    this.#group.index = index
    this.#group.timeMs = nowMs
    const changed = this.#application.checkpoint() !== before
    if (body.type === 'commands') this.#application.noteApplied(body.commands.length)
    return { outcomes: settle(own), events: context.events, changed }
  }

  /** The whole, for `restore`. */
  snapshot(): Uint8Array {
    return this.captureSnapshot().next(Number.MAX_SAFE_INTEGER).bytes
  }

  /** The same as of now, to be encoded in slices: entries that are applied meanwhile do not show in them. */
  captureSnapshot(): SliceEncoder {
    return sliceGroupState(this.#machine, this.#group, this.#application.save())
  }

  /**
   * Takes the place of what was there.
   *
   * @throws {QuorateError} `Malformed`, `WrongMachine`, `VersionTooNew`, `VersionTooOld`: what was there stays
   */
  restore(snapshot: Uint8Array): void {
    const decoder = snapshotDecoder()
    decoder.add(snapshot)
    this.restoreFrom(decoder)
  }

  /** As `restore`, of what a `snapshotDecoder` has read; this state takes it over. */
  restoreFrom(decoder: SliceDecoder): void {
    const { group, application } = restoredGroupState(this.#machine, decoder.finish())
    this.#run(() => this.#application.restore(application, group.versions.machine))
    this.#group = group
  }

  /** 53 bits: equal for equal states. Goes only over what is new since the last one; a foreign machine says its own. */
  digest(): number {
    return digestOf(encodeFingerprint(this.#machine, this.#group, this.#application.fingerprint()))
  }

  #begin(): void {
    const { name, version } = this.#machine
    try {
      this.#run(() => this.#application.begin(version))
    } catch (cause) {
      if (cause instanceof QuorateError) throw cause
      const message = `Machine '${name}' failed before its first entry: ${messageOf(cause)}. It is a bug: mend it`
      throw new QuorateError('MachineFailed', message, { cause })
    }
  }

  #checkVersions({ versions }: ViewBody): void {
    checkVersion(this.#machine, versions.machine, 'The group')
    const { machine } = this.#group.versions
    if (versions.machine < machine)
      throw new RangeError(`The group goes back from version ${machine} to ${versions.machine}; it never may`)
  }

  #context(index: Index, nowMs: number, body: EntryBody): EntryContext {
    const { timers, limits, seed } = this.#group
    return new EntryContext(
      { index, nowMs },
      {
        timers,
        timersMax: limits.timersMax,
        seed: seed === 0 && body.type === 'view' ? seedOf(body) : seed,
        hasCommand: (name) => this.#application.hasCommand(name),
      },
    )
  }

  /** Runs what is the machine's of an entry, whole or not at all. */
  #runWhole<T>(context: EntryContext, perform: () => T): T {
    const checkpoint = this.#application.checkpoint()
    const { timers } = this.#group
    try {
      return this.#run(perform)
    } catch (cause) {
      this.#application.rollback(checkpoint)
      timers.rollback(0)
      throw this.#failure(cause, context)
    } finally {
      timers.keep()
      this.#application.keep()
      context.leave()
    }
  }

  #run<T>(machine: () => T): T {
    return this.#guard ? runGuarded(machine) : machine()
  }

  /** Runs the machine; the function that it returns cannot fail, and changes all else. */
  #perform(body: EntryBody, context: EntryContext): (own: Incarnation) => readonly CommandOutcome[] {
    this.#fireTimers(context)
    if (body.type === 'commands') return this.#performCommands(body, context)
    if (body.type === 'view') return this.#performView(body, context)
    return () => nothing
  }

  #fireTimers(context: EntryContext): void {
    const { timers, versions } = this.#group
    if (timers.nextMs === null || timers.nextMs > context.now) return
    context.begin('timers', versions.machine)
    const due = new TimerBatch(timers, context.now)
    this.#application.apply(due, context, [])
    due.finish()
  }

  #performCommands(
    body: CommandsBody,
    context: EntryContext,
  ): (own: Incarnation) => readonly CommandOutcome[] {
    const session = this.#sessionOf(body)
    const answers: Answer[] = session === undefined ? [] : this.#answers(session, body, context)
    return (own) => {
      session?.confirm(body.lowest)
      session?.add(answers)
      return body.origin === own ? outcomesOf(session, body) : nothing
    }
  }

  #sessionOf({ origin, session: index }: CommandsBody): Session | undefined {
    const session = this.#group.sessions.get(origin)
    return session?.index === index ? session : undefined
  }

  #answers(session: Session, body: CommandsBody, context: EntryContext): Answer[] {
    const { from, to } = session.due(body, this.#group.limits.openCommandsMax)
    const answers: Answer[] = []
    if (from === to) return answers
    context.begin('commands', this.#group.versions.machine, session.process)
    const batch = new CommandBatch(body.commands, body.count, from - body.first, to - body.first)
    this.#application.apply(batch, context, answers)
    return answers
  }

  #performView(view: ViewBody, context: EntryContext): () => readonly CommandOutcome[] {
    const { machine: version } = view.versions
    const raised = version !== this.#group.versions.machine
    const limits = raised ? this.#machine.limits(version) : this.#group.limits
    if (raised) this.#raise(version, context)
    const change = membershipChange(this.#group.members, view)
    context.begin('membership', version)
    this.#application.changeMembership(change, context)
    return () => {
      const { versions } = view
      const seed = this.#group.seed === 0 ? seedOf(view) : this.#group.seed
      Object.assign(this.#group, { versions, limits, members: change.members, seed })
      this.#group.sessions.applyView(context.index, view, context.now, limits)
      return nothing
    }
  }

  #raise(version: number, context: EntryContext): void {
    const from = this.#group.versions.machine
    if (from === 0) this.#application.begin(version)
    else
      for (let step = from; step < version; step++) {
        context.begin('migration', step + 1)
        this.#application.migrate(step, context)
      }
  }

  #failure(cause: unknown, context: EntryContext): QuorateError {
    if (cause instanceof QuorateError && cause.code === 'UnknownReducer') return cause
    const hint = cause instanceof Rejection ? ' (only commands can be rejected)' : frozenWriteHint(cause)
    return new QuorateError(
      'MachineFailed',
      `Machine '${this.#machine.name}' failed at entry ${context.index}, in ${context.running}: ${messageOf(cause)}${hint}. ` +
        'The entry is not applied. Whatever a machine throws but a Rejection is a bug: mend it, and start again',
      { cause },
    )
  }
}

/** The incarnations in it are random, and the first VIEW entry is the same for all. */
function seedOf({ ballot, participants }: ViewBody): number {
  const incarnations = participants.map(({ incarnation }) => incarnation)
  return digestOf(encode([ballot.number, ballot.nodeid, ballot.incarnation, incarnations])) || 1
}

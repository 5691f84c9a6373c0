// What a reducer gets besides state and input: all that it may know and do beyond them, the same on every replica.

import { freeze } from 'immer'
import { messageOf, QuorateError } from '../errors.ts'
import type { Process } from '../identity.ts'
import type { Index } from '../log/entry.ts'
import { encodeCommand } from './command-batch.ts'
import { decode } from './data/decode.ts'
import { encode } from './data/encode.ts'
import { RandomStream } from './random-stream.ts'
import type { Timers } from './timers.ts'

/** The third argument of reducers. Holds only while the reducer runs. */
export interface Context {
  /** Of the entry that is applied, counted from 1. */
  readonly index: Index
  /** Cluster time, milliseconds since 1970: never goes back, and is the same on every replica. */
  readonly now: number
  /** The process that submitted the command; `null`: a timer, or the machine itself. */
  readonly origin: Process | null
  /** The version of the machine that the group runs. */
  readonly version: number
  /** 0 ≤ x < 1. The same on every replica. Whoever knows the log can foresee it: not for secrets. */
  random(): number
  /** A UUID. The same on every replica; foreseeable, as is `random`. */
  id(): string
  /**
   * Runs `command` with `input` when cluster time reaches `atMs`, in a later entry than this one. Replaces the timer
   * that has this key. What the command returns or rejects is heard by nobody.
   */
  schedule(key: string, atMs: number, command: string, input?: unknown): void
  /** Does nothing where no timer has this key. */
  cancel(key: string): void
  /** Tells subscribers of this replica, once the entry is applied. They get a frozen copy. */
  emit(event: unknown): void
}

/** What an entry says of itself. */
export interface EntryScope {
  readonly index: Index
  readonly nowMs: number
}

/** What of an entry is run, in this order: each has places of its own. */
export type Phase = 'timers' | 'migration' | 'membership' | 'commands'
const phases: readonly Phase[] = ['timers', 'migration', 'membership', 'commands']

/** What a context needs of the state around it. */
export interface ContextSurroundings {
  readonly timers: Timers
  readonly timersMax: number
  /** The group's. */
  readonly seed: number
  readonly hasCommand: (name: string) => boolean
}

/** A point that what reducers did can be taken back to. */
export interface ContextMark {
  readonly timers: number
  readonly events: number
}

/** The context of one entry, used for one reducer after the other: none may leave anything in it for the next. */
export class EntryContext implements Context {
  readonly #surroundings: ContextSurroundings
  readonly #scope: EntryScope
  readonly #random = new RandomStream()
  readonly #events: unknown[] = []
  #phase: Phase = 'timers'
  #place = 0
  #what = ''
  #seeded = false
  #running = false
  #origin: Process | null = null
  #version = 0

  constructor(scope: EntryScope, surroundings: ContextSurroundings) {
    this.#scope = scope
    this.#surroundings = surroundings
    Object.freeze(this)
  }

  begin(phase: Phase, version: number, origin: Process | null = null): void {
    this.#phase = phase
    this.#version = version
    this.#origin = origin
  }

  /** Begins the run of a function; `place` is its own in the phase, also when it is run again. */
  enter(place: number, what: string): void {
    this.#place = place
    this.#what = what
    this.#seeded = false
    this.#running = true
  }

  /** Ends the run: a reducer that keeps the context and uses it later is told so. */
  leave(): void {
    this.#running = false
  }

  /** What ran last. */
  get running(): string {
    if (this.#phase === 'commands')
      return `the command '${this.#what}' (number ${this.#place + 1} of those applied)`
    return this.#phase === 'timers' ? `the command '${this.#what}' of a timer` : this.#what
  }

  get events(): readonly unknown[] {
    return this.#events
  }

  mark(): ContextMark {
    return { timers: this.#surroundings.timers.mark(), events: this.#events.length }
  }

  rollback(mark: ContextMark): void {
    this.#surroundings.timers.rollback(mark.timers)
    this.#events.length = mark.events
  }

  get index(): Index {
    return this.#scope.index
  }

  get now(): number {
    return this.#scope.nowMs
  }

  /** Frozen. */
  get origin(): Process | null {
    return this.#origin
  }

  get version(): number {
    return this.#version
  }

  // Functions of the object, not methods: reducers may take its parts, `{ now, random }`.
  readonly random = (): number => this.#stream('random').fraction()

  readonly id = (): string => this.#stream('id').uuid()

  readonly schedule = (key: string, atMs: number, command: string, input?: unknown): void => {
    this.#assertRunning('schedule')
    const { timers, timersMax, hasCommand } = this.#surroundings
    if (typeof key !== 'string') refuse(`schedule(${messageOf(key)}, …): the key must be a string`)
    if (!Number.isFinite(atMs))
      refuse(`schedule('${key}', ${messageOf(atMs)}, …): the time must be a number; see ctx.now`)
    if (!hasCommand(command)) refuse(`schedule('${key}', …, '${command}'): the machine has no such command`)
    if (!timers.has(key) && timers.size >= timersMax)
      refuse(`schedule('${key}', …): ${timersMax} timers are waiting; cancel some, or raise limits.timersMax`)
    timers.schedule(key, atMs, encodeCommand(command, input))
  }

  readonly cancel = (key: string): void => {
    this.#assertRunning('cancel')
    this.#surroundings.timers.cancel(key)
  }

  readonly emit = (event: unknown): void => {
    this.#assertRunning('emit')
    this.#events.push(frozenCopy(event, 'The event given to ctx.emit'))
  }

  #stream(method: string): RandomStream {
    this.#assertRunning(method)
    if (!this.#seeded) {
      const place = this.#place * phases.length + phases.indexOf(this.#phase)
      this.#random.seed(this.#surroundings.seed, this.#scope.index, place)
      this.#seeded = true
    }
    return this.#random
  }

  #assertRunning(method: string): void {
    if (!this.#running) refuse(`ctx.${method} was called after its reducer had ended: use ctx only inside`)
  }
}

/**
 * Independent of all else, and frozen. Drafts count as what they stand for.
 *
 * @throws {QuorateError} `Unserializable`: `what` cannot be copied, and why
 */
export function frozenCopy(value: unknown, what: string): unknown {
  if (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') return value
  if (value === null) return value
  try {
    return freeze(decode(encode(value)), true)
  } catch (cause) {
    throw new QuorateError('Unserializable', `${what}: ${messageOf(cause)}`, { cause })
  }
}

function refuse(message: string): never {
  throw new QuorateError('BadOption', message)
}

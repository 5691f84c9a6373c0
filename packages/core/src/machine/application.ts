// The user's part of the state, as the replicated state drives it.

import { Rejection } from '../errors.ts'
import { type EntryContext, frozenCopy } from './context.ts'
import type { MembershipChange } from './group-membership.ts'

/** Commands that are applied one after the other. Some are read and run again: each time, their input is a new one. */
export interface Batch {
  readonly count: number
  /** Of the command that was read last; `null`: nothing is to be done in its place. */
  readonly name: string | null
  readonly input: unknown
  read(place: number): void
}

/** A rejection as the session table keeps it. */
export class RejectedAnswer {
  readonly code: string
  readonly message: string
  readonly data: unknown

  constructor(code: string, message: string, data: unknown) {
    this.code = code
    this.message = message
    this.data = data
  }
}

/** What a command came to: its result, or a `RejectedAnswer`. */
export type Answer = unknown

export interface Application {
  /** For reading. */
  readonly state: unknown
  hasCommand(name: string): boolean
  /** The state that begins a group. */
  begin(version: number): void
  /**
   * Applies a batch. A `Rejection` undoes its command and becomes its answer.
   *
   * @param answers gets one answer per place
   * @throws whatever else a command threw; `rollback` takes back what came before it
   */
  apply(batch: Batch, context: EntryContext, answers: Answer[]): void
  /** Hears of a VIEW entry. */
  changeMembership(change: MembershipChange, context: EntryContext): void
  /** One step, from `from` to `from` + 1. */
  migrate(from: number, context: EntryContext): void
  /** What `rollback` brings back. Another one after each change of the state. */
  checkpoint(): unknown
  rollback(checkpoint: unknown): void
  /** What was done until now is not rolled back any more. */
  keep(): void
  /** What a snapshot holds of it: a value that can be encoded. */
  save(): unknown
  /** Takes `saved` over: nothing else refers to it. */
  restore(saved: unknown, version: number): void
  /** Commands of so many bytes were applied, for good. */
  noteApplied(bytes: number): void
  /** What the digest covers of it: a value that can be encoded, equal for equal states. */
  fingerprint(): unknown
}

/**
 * A result as the session table keeps it and the caller gets it.
 *
 * @throws {Error} it is a promise, or cannot be kept
 */
export function resultAnswer(result: unknown, command: string): Answer {
  if (typeof (result as { then?: unknown } | null)?.then === 'function')
    throw new TypeError(
      `'${command}' returned a promise: a reducer must be synchronous. Do what takes time before submit, ` +
        'and give its outcome to the command as input',
    )
  return frozenCopy(result, `The result of '${command}'`)
}

/** @throws {Error} its data cannot be kept */
export function rejectedAnswer({ code, message, data }: Rejection, command: string): RejectedAnswer {
  return new RejectedAnswer(
    String(code),
    message,
    frozenCopy(data, `The data of the Rejection of '${command}'`),
  )
}

/** The caller's own. */
export function rejectionOf({ code, message, data }: RejectedAnswer): Rejection {
  return new Rejection(code, message, frozenCopy(data, 'The data of a Rejection'))
}

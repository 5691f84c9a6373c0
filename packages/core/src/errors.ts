// The one error class of the project, with a closed set of codes, and the rejection that a reducer may throw.

import { inspect } from 'node:util'

/** What became of a command when its error is known. `'unknown'`: it may have been applied, now or later. */
export type Outcome = 'unapplied' | 'unknown'

/** What went wrong. Callers match the code; the message says what to do. */
export type QuorateErrorCode =
  /** Too much is submitted and not committed; try again later. */
  | 'Overloaded'
  /** The group ended this process's session: what was open may or may not have been applied. */
  | 'SessionExpired'
  /** The view is not primary: nothing can be committed or read linearizably here. */
  | 'NoQuorum'
  /** The deadline passed first. */
  | 'Deadline'
  /** The caller's AbortSignal fired first. */
  | 'Aborted'
  /** The replica was closed. */
  | 'Closed'
  /** The replica stopped by itself, because going on would be wrong; the cause says why. */
  | 'Stopped'
  /** An option, a definition or an argument is not what is asked for. */
  | 'BadOption'
  /** A value holds something that cannot be sent, stored or compared; the message says where in it. */
  | 'Unserializable'
  /** Encoded bytes are damaged, or were written by something else. */
  | 'Malformed'
  /** A reducer, or another function of the machine, has a bug: it threw something that is no `Rejection`. */
  | 'MachineFailed'
  /** A reducer asked for something that differs between replicas: a clock, randomness, I/O. */
  | 'Nondeterministic'
  /** The log holds a command that this program has no reducer for. */
  | 'UnknownReducer'
  /** A snapshot is another machine's. (A storage that is another replica's is a `BadOption`.) */
  | 'WrongMachine'
  /** The group, or the snapshot, has a newer version than this program can run. */
  | 'VersionTooNew'
  /** The group, or the snapshot, has an older version than this program can run, or than the command needs. */
  | 'VersionTooOld'
  /** This replica's state differs from the majority's. */
  | 'Diverged'
  /** The storage failed or holds what does not fit; this replica has left. */
  | 'StorageFailed'

export interface QuorateErrorOptions {
  readonly cause?: unknown
  readonly outcome?: Outcome
}

/**
 * Every error that this package itself gives its callers, but a machine's own `Rejection`. A transport or a storage, also
 * one in memory, fails by errors of its own, which a replica passes on from `openReplica` and `close`, and else as
 * `cause`.
 */
export class QuorateError extends Error {
  override readonly name = 'QuorateError'
  readonly code: QuorateErrorCode
  /** Of the command that the error concerns; `undefined` where none is concerned. */
  readonly outcome: Outcome | undefined

  constructor(code: QuorateErrorCode, message: string, { cause, outcome }: QuorateErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.outcome = outcome
  }
}

/**
 * Thrown by a reducer, rejects its command: nothing is changed, and the caller of `submit` gets an equal `Rejection`,
 * at once or from the session table after a fail-over. The codes are the application's own.
 *
 * ```ts
 * if (state.balance < amount) throw new Rejection('insufficient-funds', 'The balance is too low', { amount })
 * ```
 */
export class Rejection extends Error {
  override readonly name = 'Rejection'
  readonly code: string
  /** More on it: whatever a command's input may hold. */
  readonly data: unknown

  constructor(code: string, message: string = code, data?: unknown) {
    super(message)
    this.code = code
    this.data = data
  }
}

/** What an unknown thrown value says, for messages that quote it: any value, also one that has no text of its own. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message
  return typeof thrown === 'object'
    ? inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY })
    : String(thrown)
}

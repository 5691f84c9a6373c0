// What the runner and a replica's process say to each other over node's IPC channel: plain data, each answer with the
// number of its order.

import type { ReplicaLimits, ReplicaTimeouts, Role } from '@quorate/core'
import type { SeededFault } from '@quorate/core/simulation'
import type { CompareAndSetInput, Register, RegisterKey, WriteInput } from './registers.ts'

/** How a process opens its replica: its one argument, as JSON. */
export interface ReplicaSettings {
  readonly group: string
  readonly voters: readonly number[]
  readonly role?: Role
  readonly limits?: Partial<ReplicaLimits>
  readonly timeouts?: Partial<ReplicaTimeouts>
  /** Of the program's transport, where it has such a thing: 0 lets each message go by itself. */
  readonly packBytesMax?: number
  /** A folder of the replica's own, which outlives its process. Left out: nothing does. */
  readonly storagePath?: string
  /** A rule of the protocol that is switched off. */
  readonly fault?: SeededFault
}

/** What a client does. */
export type ClientInput =
  | { readonly type: 'read'; readonly key: RegisterKey }
  | ({ readonly type: 'write' } & WriteInput)
  | ({ readonly type: 'compareAndSet' } & CompareAndSetInput)

/** By kind of order, what is asked and what is answered. */
export interface Orders {
  readonly client: { readonly asked: { input: ClientInput; deadlineMs: number }; readonly answer: Outcome }
  readonly standing: { readonly asked: null; readonly answer: ReplicaStanding | null }
  /** Of a state that has all that was committed before. */
  readonly digest: { readonly asked: { deadlineMs: number }; readonly answer: string }
  readonly contents: {
    readonly asked: { deadlineMs: number }
    readonly answer: Readonly<Record<RegisterKey, Register>>
  }
  readonly close: { readonly asked: null; readonly answer: null }
}

/** Of one client's operation. Instants: milliseconds of this machine's monotonic clock, the same in all processes. */
export interface Outcome {
  readonly invokedAt: number
  readonly returnedAt: number
  /** `unapplied`: certainly without effect. `unknown`: nobody can tell. */
  readonly became: 'ok' | 'unapplied' | 'unknown'
  /** `read`: the value. `compareAndSet`: whether it was set. */
  readonly value?: number | boolean
  /** The error's code, where there was one. */
  readonly code?: string
}

/** Where the replica stands. */
export interface ReplicaStanding {
  readonly primary: boolean
  /** Node ids of the members of its view. */
  readonly members: readonly number[]
  readonly applied: number
  readonly committed: number
  readonly divergences: number
  /** Process ids. */
  readonly slowNeighbours: readonly number[]
  readonly openCommands: number
  /** Messages that it could not read. */
  readonly unreadable: number
  /** Why the replica does nothing any more. */
  readonly ended: string | null
}

/** What a process tells by itself. */
export interface Report {
  /** `opened`; an event of the replica; `open-failed`, told once for each kind of failure: it tries again. */
  readonly event: string
  readonly text: string
}

export interface OrderMessage {
  readonly number: number
  readonly kind: keyof Orders
  readonly asked: unknown
}

export type AnswerMessage =
  | { readonly number: number; readonly answer: unknown }
  | { readonly number: number; readonly error: string }
  | Report

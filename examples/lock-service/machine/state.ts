// What the replicas hold: sessions, what they have asked for, and what came of it. Everything that grows is a table.

import { Table } from '@quorate/core'
import { type Config, defaultConfig } from './config.ts'

/** A client's lease on all it holds and waits for. */
export interface Session {
  /** Who opened it; bounded by `sessionsPerClientMax`. */
  readonly client: string
  readonly ttlMs: number
  /** Cluster time, milliseconds since 1970. */
  readonly expiresAtMs: number
  /** For so long nobody gets what it held when it is lost without having been closed; 0: at once. */
  readonly lockDelayMs: number
  /** Requests, waiting and granted. */
  readonly requests: number
}

/** A lock that a request is for: alone, or beside others that share it. */
export interface LockWant {
  readonly mode: 'exclusive' | 'shared'
  readonly lock: string
}

/** So many permits of a semaphore that has so many: all requests for it say the same number. */
export interface PermitsWant {
  readonly mode: 'permits'
  readonly lock: string
  readonly count: number
  readonly of: number
}

export type Want = LockWant | PermitsWant

/** One request of a session, for one lock or several at once: they are granted in one step, and given back in one. */
export interface Request {
  readonly session: string
  /** Chosen by the client, so that one that is sent twice is one. */
  readonly id: string
  /** For whom within the session; reentrance and deadlocks are a matter of owners. */
  readonly owner: string
  readonly wants: readonly Want[]
  readonly isReentrant: boolean
  /** What holders show, such as the address of a leader. */
  readonly value: string | null
  /** Its place in all queues: lower ones came before. */
  readonly sequence: number
  /** The fencing token of each lock, in the order of `wants`; `null`: it waits. */
  readonly tokens: readonly number[] | null
}

/** What is known of a lock without looking at its requests. Forgotten when nobody holds it, waits, or left a value. */
export interface Lock {
  /** 0: an ordinary lock, to be held exclusively or shared. Else a semaphore with so many. */
  readonly permits: number
  /** In use; an exclusive hold counts as one. */
  readonly used: number
  readonly sharers: number
  readonly waiters: number
  /** Nobody gets it before: who held it last was lost. 0: no such time. */
  readonly delayedUntilMs: number
  /** Of whoever holds or held it; they stay. */
  readonly values: Readonly<Record<string, string>>
}

/** Holds back whoever comes until so many have come; then it opens, and the next ones begin anew. */
export interface Barrier {
  readonly parties: number
  readonly arrived: number
  /** How often it has opened. */
  readonly opened: number
  /** Who has come and not left, of all times. */
  readonly present: number
}

export interface Arrival {
  readonly barrier: string
  /** How often it had opened then: it is open to them when it has opened once more. */
  readonly opened: number
}

/** Open, and forgotten, when so many more have counted it down. */
export interface Countdown {
  readonly left: number
  /** Each counts once. */
  readonly parties: readonly string[]
}

/** What an operator did. */
export interface AuditRecord {
  readonly atMs: number
  readonly by: string
  readonly action: string
  readonly details: Readonly<Record<string, string | number | boolean>>
}

export interface LockState {
  config: Config
  /** Nothing is granted. */
  paused: boolean
  /** Nodes that take no new sessions. */
  draining: number[]
  /** The highest fencing token that was given. One count for all locks: so it grows per lock, also when a lock is forgotten. */
  lastToken: number
  lastSequence: number
  /** Requests that wait. */
  waiting: number
  readonly sessions: Table<Session>
  /** How many sessions a client has. */
  readonly clients: Table<number>
  readonly locks: Table<Lock>
  /** By `requestKey`. */
  readonly requests: Table<Request>
  /** Keys of waiting requests, by `placeKey`: one queue for each lock, in order. */
  readonly queues: Table<string>
  /** Keys of granted requests, likewise. */
  readonly holders: Table<string>
  /** By number. */
  readonly audit: Table<AuditRecord>
  audited: number
  /** By name. */
  readonly countdowns: Table<Countdown>
  readonly barriers: Table<Barrier>
  /** By `requestKey`. */
  readonly arrivals: Table<Arrival>
}

export const initialState = (): LockState => ({
  config: defaultConfig,
  paused: false,
  draining: [],
  lastToken: 0,
  lastSequence: 0,
  waiting: 0,
  sessions: new Table<Session>(),
  clients: new Table<number>(),
  locks: new Table<Lock>(),
  requests: new Table<Request>(),
  queues: new Table<string>(),
  holders: new Table<string>(),
  audit: new Table<AuditRecord>(),
  audited: 0,
  countdowns: new Table<Countdown>(),
  barriers: new Table<Barrier>(),
  arrivals: new Table<Arrival>(),
})

/** Between the parts of a key; no name has it. */
export const separator = '\0'

/** All of a session lie together. */
export const requestKey = (session: string, id: string): string => `${session}${separator}${id}`

/** All of a lock lie together, in the order of their sequence. */
export const placeKey = (lock: string, sequence: number): string => `${queueOf(lock)}${ordinal(sequence)}`

export const queueOf = (lock: string): string => `${lock}${separator}`

/** Sorts as the number does. */
export const ordinal = (number: number): string => number.toString(16).padStart(14, '0')

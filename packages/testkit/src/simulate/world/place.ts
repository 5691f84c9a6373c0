// What a simulated process gets from its world, and what the world wants of it.

import type { Clock, TransportEvent } from '@quorate/core'
import type { LoopStorage } from '@quorate/core/simulation'
import type { Random } from './random.ts'

/** A process under test. It hears of nothing between two calls, and of nothing more once it was crashed. */
export interface Subject {
  /** The events of a channel (the transport port), one at a time, in order; the first is a view. */
  event(event: TransportEvent): void
  /** Nothing else waits in this turn: called after events, after writes that are done, and after each timer. */
  settle(): void
}

/** Where a process runs. */
export interface Place {
  readonly nodeid: number
  readonly pid: number
  /** Of this process alone: what it draws disturbs nobody. */
  readonly random: Random
  /** Virtual. Its rate differs between nodes at times, and its wall clock jumps. */
  readonly clock: Clock
  /** `null`: this node has no disk. */
  readonly storage: LoopStorage | null
  /** As `Channel.send`; `false` also before the first view. */
  send(bytes: Uint8Array): boolean
  /** Ends this process by its own decision; it may be started again later. */
  exit(error: Error): void
}

/** Starts a process. It may send only later, in its turns. */
export type StartSubject = (place: Place) => Subject

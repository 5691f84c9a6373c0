// What the clients of a run do, and what they hold against the answers.

import type { Index } from '@quorate/core/simulation'
import type { Random } from '../../world/random.ts'
import type { Replica } from '../replica.ts'

export interface Workload {
  /** A client of this replica may do something. */
  act(replica: Replica, random: Random): void
  /** In the calm: something that must be answered. */
  ask(replica: Replica): void
  /** What the machine has emitted at an entry that this replica applied. */
  emitted(replica: Replica, index: Index, events: readonly unknown[]): void
  /** After each step of the world. @throws {Violation} */
  look(replicas: Iterable<Replica>): void
  /** The run has ended. @throws {Violation} */
  finish(): void
}

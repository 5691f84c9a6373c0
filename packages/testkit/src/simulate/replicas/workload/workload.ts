// What the clients of a run do, and what they hold against the answers.

import type { Index, Machine, ReplicatedState } from '@quorate/core/simulation'
import type { Random } from '../../world/random.ts'
import type { CommandName } from '../invariants/effects.ts'
import type { Replica } from '../replica.ts'

/** Hears which command was applied where, by the state that {@link Workload.makeState} has made. */
export type CommandApplied = (command: CommandName, index: Index) => void

export interface Workload {
  /** What a replica of this machine begins with. */
  makeState(machine: Machine, applied: CommandApplied): ReplicatedState
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

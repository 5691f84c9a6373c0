// The state that a storage leads to: its snapshot, and all entries behind it, applied by the machine as a replica does.

import { QuorateError } from '../errors.ts'
import type { Index, Versions } from '../log/entry.ts'
import type { GroupMember } from '../machine/group-membership.ts'
import type { Machine } from '../machine/machine.ts'
import { ReplicatedState } from '../machine/replicated-state.ts'
import type { Stored } from '../ports/storage.ts'
import { restorable } from './owned-storage.ts'
import { replay } from './replay.ts'
import { systemClock } from './system-clock.ts'

/** The state at an index. */
export interface StateAt {
  readonly index: Index
  /** As readers of a replica see it. */
  readonly state: unknown
  /** 53 bits: equal on all replicas that have applied as much. */
  readonly digest: number
  /** Cluster time, milliseconds since 1970. */
  readonly timeMs: number
  readonly versions: Versions
  readonly members: readonly GroupMember[]
}

/**
 * The state at the end of what is stored, committed or not; `upTo` cuts it before.
 *
 * @throws {QuorateError} `WrongMachine`; as `ReplicatedState` does
 * @throws the signal's reason
 */
export async function stateAtEnd(machine: Machine, stored: Stored, signal?: AbortSignal): Promise<StateAt> {
  checkMachine(machine, stored)
  const found = await restorable(stored)
  const commit = found.start.index + found.entries.length
  const whole = { ...found, record: { ...found.record, commit } }
  const { state } = await replay(new ReplicatedState(machine), whole, systemClock, signal)
  const { index, timeMs, versions, members } = state
  return { index, state: state.state, digest: state.digest(), timeMs, versions, members }
}

function checkMachine({ name }: Machine, { owner }: Stored): void {
  if (name !== owner.machine)
    throw new QuorateError(
      'WrongMachine',
      `What is stored is of the machine '${owner.machine}', and this is '${name}': give the program's own machine`,
    )
}

// The state that a storage leads to: its snapshot, and the entries behind it, applied by the machine as a replica does.

import { setImmediate as turn } from 'node:timers/promises'
import { QuorateError } from '../errors.ts'
import type { Incarnation } from '../identity.ts'
import type { Entry, Index, Versions } from '../log/entry.ts'
import type { GroupMember } from '../machine/group-membership.ts'
import type { Machine } from '../machine/machine.ts'
import { ReplicatedState } from '../machine/replicated-state.ts'
import type { Stored } from '../ports/storage.ts'
import { restorable, restoreStored } from './owned-storage.ts'

/** The state at an index. */
export interface Replayed {
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

/** Applied without a pause. */
const entriesInTurn = 500

/** Nobody waits for an outcome. */
const nobody = 0 as Incarnation

/**
 * The state at the end of what is stored; `upTo` cuts it before.
 *
 * @throws {QuorateError} `WrongMachine`; as `ReplicatedState` does
 * @throws the signal's reason
 */
export async function replay(machine: Machine, stored: Stored, signal?: AbortSignal): Promise<Replayed> {
  checkMachine(machine, stored)
  const state = new ReplicatedState(machine)
  const { snapshot, start, entries } = await restorable(stored)
  if (snapshot !== null) restoreStored(state, snapshot)
  await applyAll(state, entries.slice(state.index - start.index), signal)
  const { index, timeMs, versions, members } = state
  return { index, state: state.state, digest: state.digest(), timeMs, versions, members }
}

async function applyAll(
  state: ReplicatedState,
  entries: readonly Entry[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [place, { body }] of entries.entries()) {
    state.apply(state.index + 1, body, nobody)
    if (place % entriesInTurn !== 0) continue
    await turn()
    signal?.throwIfAborted()
  }
}

function checkMachine({ name }: Machine, { owner }: Stored): void {
  if (name !== owner.machine)
    throw new QuorateError(
      'WrongMachine',
      `What is stored is of the machine '${owner.machine}', and this is '${name}': give the program's own machine`,
    )
}

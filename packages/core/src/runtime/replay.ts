// What was committed before a restart is applied again before the group is joined: the others wait for a member that is
// busy, for its answers and until it reads what they send. In slices, since other replicas of this process go on.

import { setImmediate as turn } from 'node:timers/promises'
import type { Incarnation } from '../identity.ts'
import type { Entry } from '../log/entry.ts'
import type { ReplicatedState } from '../machine/replicated-state.ts'
import type { Clock } from '../ports/clock.ts'
import { AppliedReport } from './applied-report.ts'
import { restoreStored } from './owned-storage.ts'
import type { Replayed, Restorable } from './ports.ts'

/** How long entries are applied without a pause. */
const sliceMs = 10

/** Nobody waits for what their commands came to. */
const nobody = 0 as Incarnation

/**
 * Brings `state`, which is new, to the last entry that is known to be committed.
 *
 * @throws {QuorateError} what is stored is of another machine, or of a version that this one cannot run, or it fails
 * @throws the signal's reason
 */
export async function replay(
  state: ReplicatedState,
  stored: Restorable,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Replayed> {
  const { start, entries, record } = stored
  restoreStored(state, stored)
  const { versions } = state
  const report = new AppliedReport(state, nobody)
  let bytes = 0
  let beganMs = clock.monotonicMs()
  while (state.index < record.commit) {
    const { body, payload } = entries[state.index - start.index] as Entry
    report.apply(state.index + 1, body)
    bytes += payload.length
    if (clock.monotonicMs() - beganMs < sliceMs) continue
    await turn()
    signal?.throwIfAborted()
    beganMs = clock.monotonicMs()
  }
  return { state, versions, bytes, digests: report.digests }
}

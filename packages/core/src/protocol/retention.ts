// How much of the committed log stays in memory for those who missed it. Design: docs/protocol.md, "Catching up".

import type { Index } from '../log/entry.ts'
import { faulty } from './faults.ts'
import type { State } from './state.ts'
import { dropSnapshot } from './transfer/donor.ts'

/** How far a joiner's snapshot may keep the log, in `retainedBytesMax`: one that trickles must not keep it for ever. */
const pinnedRetentions = 2

export function forgetOld(state: State): void {
  const { log, limits, applied } = state
  if (state.snapshotWanted !== null) return
  if (log.bytes > pinnedRetentions * limits.retainedBytesMax) dropSnapshot(state)
  // What joiners follow on a snapshot with, and what is still to be acked.
  const pinned = Math.min(state.donor?.at.index ?? applied, firstUnsaid(state) ?? applied)
  const end = Math.min(applied, state.written, pinned)
  const excess = end - log.start - limits.retainedEntriesMax
  if (excess > 0) log.forget(log.start + excess)
  while (log.bytes > limits.retainedBytesMax && log.start < end) log.forget(log.start + 1)
  forgetOnDiskWrongly(state)
}

/** Up to where the oldest write that is under way will be acked. */
const firstUnsaid = ({ writes }: State): Index | undefined =>
  writes.find(({ says }) => says !== null)?.says?.last

/** Seeded fault: on disk they are needed until a snapshot covers them. */
function forgetOnDiskWrongly(state: State): void {
  if (!faulty(state, 'forgotten-before-snapshot')) return
  state.unsavedForget = state.log.start
  state.unsaved = true
}

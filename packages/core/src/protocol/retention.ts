// How much of the committed log stays in memory for those who missed it. Design: docs/protocol.md, "Catching up".

import type { State } from './state.ts'

export function forgetOld(state: State): void {
  const { log, limits, applied, donor } = state
  if (state.snapshotWanted) return
  // What joiners follow on a snapshot with, and what is still to be acked.
  const pinned = Math.min(donor?.id.index ?? applied, state.writes[0]?.last ?? applied)
  const end = Math.min(applied, state.written, pinned)
  const excess = end - log.start - limits.retainedEntriesMax
  if (excess > 0) log.forget(log.start + excess)
  while (log.bytes > limits.retainedBytesMax && log.start < end) log.forget(log.start + 1)
}

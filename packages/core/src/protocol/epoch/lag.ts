// Whose disk lags too far behind the group takes no part until it has caught up. Design: docs/protocol.md, "Order of
// disk and messages".

import { notify } from '../notices.ts'
import { refuse } from '../round/refuse.ts'
import { resetTakeover } from '../round/takeover.ts'
import type { State } from '../state.ts'
import { dropInstall, leaveEpoch } from './leave.ts'

/** Leaves before more is appended. Others may go on counting what was acked: only this replica knows. */
export function fallOut(state: State): void {
  const { active, joiner, backlog } = state
  if ((!active && joiner === null) || !isTooLong(state)) return
  notify(state, { notice: 'slow-disk', ...backlog })
  leaveEpoch(state, 'sent')
  dropInstall(state)
  state.lagging = true
}

const isTooLong = (state: State): boolean => waitsBeyond(state, 1)

/** So much waits for the disk that no more is to be asked for. */
export const isHalfOfBound = (state: State): boolean => waitsBeyond(state, 1 / 2)

/** @param share of the bound */
function waitsBeyond({ backlog, limits }: State, share: number): boolean {
  return backlog.entries > share * limits.backlogEntriesMax || backlog.bytes > share * limits.backlogBytesMax
}

/** All is stored: asks for a round in which it comes in again. */
export function comeBack(state: State): void {
  if (!state.lagging || state.writes.length > 0) return
  state.lagging = false
  resetTakeover(state)
  refuse(state, state.promised, 'room')
}

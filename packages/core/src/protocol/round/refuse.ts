// REFUSE: tells a coordinator that its ballot will not do here. Design: docs/protocol.md, "Rounds" 3 and 5.

import type { Ballot } from '../../wire/ballot.ts'
import type { VoterSet } from '../../wire/group.ts'
import type { RefuseReason } from '../../wire/messages.ts'
import { faulty } from '../faults.ts'
import type { State } from '../state.ts'
import { isStillborn } from './strangers.ts'

/** @param asker the coordinator's voters, if they are not ours */
export function refuse(state: State, ballot: Ballot, reason: RefuseReason, asker?: VoterSet): void {
  if (state.uncounted !== null) return
  const { promised, voters, commit } = state
  const group = isNoReason(state, asker) ? null : state.group
  state.outputs.push({
    type: 'send',
    message: { type: 'refuse', ballot, promised, reason, group, voters, commit },
  })
}

/**
 * Whether our group keeps nobody from beginning another: it may never have begun, and whoever asks has all its voters,
 * which would know.
 */
function isNoReason(state: State, asker: VoterSet | undefined): boolean {
  if (asker === undefined || faulty(state, 'stillborn-kept')) return false
  return isStillborn(state) && state.voters.nodeids.every((nodeid) => asker.nodeids.includes(nodeid))
}

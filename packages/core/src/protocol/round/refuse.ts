// REFUSE: tells a coordinator that its ballot will not do here. Design: docs/protocol.md, "Rounds" 3 and 5.

import type { Ballot } from '../../wire/ballot.ts'
import type { RefuseReason } from '../../wire/messages.ts'
import { faulty } from '../faults.ts'
import type { State } from '../state.ts'
import { isStillborn } from './strangers.ts'

export function refuse(state: State, ballot: Ballot, reason: RefuseReason): void {
  if (state.uncounted !== null) return
  const { promised, voters, commit } = state
  // One that may never have begun is no reason not to begin another.
  const group = isStillborn(state) && !faulty(state, 'stillborn-kept') ? null : state.group
  state.outputs.push({
    type: 'send',
    message: { type: 'refuse', ballot, promised, reason, group, voters, commit },
  })
}

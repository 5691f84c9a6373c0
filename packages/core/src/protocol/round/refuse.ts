// REFUSE: tells a coordinator that its ballot will not do here. Design: docs/protocol.md, "Rounds" 3 and 5.

import type { Ballot } from '../../wire/ballot.ts'
import type { RefuseReason } from '../../wire/messages.ts'
import type { State } from '../state.ts'

export function refuse(state: State, ballot: Ballot, reason: RefuseReason): void {
  if (state.uncounted !== null) return
  const { promised, group, voters, commit } = state
  state.outputs.push({
    type: 'send',
    message: { type: 'refuse', ballot, promised, reason, group, voters, commit },
  })
}

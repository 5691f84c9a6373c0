// PROPOSE becomes an entry. Design: docs/protocol.md, "Rounds" 6.

import type { Process } from '../../identity.ts'
import { sameBallot } from '../../wire/ballot.ts'
import type { Propose } from '../../wire/messages.ts'
import { answerReads, noteAppended } from '../client/origin.ts'
import { faulty } from '../faults.ts'
import { memberKey, type State } from '../state.ts'
import { hold } from '../transfer/joiner.ts'
import { onAck } from './ack.ts'
import { tryCommit } from './commit.ts'

/** Only of the epoch that is installed here, and only of its participants. */
export function onPropose(state: State, from: Process, propose: Propose): void {
  if (propose.ack !== null) onAck(state, from, propose.ballot, propose.ack)
  if (!belongs(state, from, propose)) return
  const { body, payload } = propose
  if (state.joiner !== null) {
    hold(state, state.joiner, { body, payload })
    return
  }
  if (!state.active && !faulty(state, 'append-after-promise')) return
  if (body.type === 'marker' && faulty(state, 'marker-outside-log')) {
    answerReads(state, body.number)
    return
  }
  state.log.append(body, payload)
  state.unsaved = true
  noteAppended(state, body)
  if (faulty(state, 'commit-on-own-delivery')) tryCommit(state)
}

function belongs(state: State, from: Process, { ballot }: Propose): boolean {
  const { installed } = state
  if (faulty(state, 'append-after-promise') && sameBallot(ballot, state.epoch.ballot)) return true
  if (installed === null) return false
  if (faulty(state, 'propose-without-ballot')) return true
  return sameBallot(installed.install.ballot, ballot) && installed.participants.has(memberKey(from))
}

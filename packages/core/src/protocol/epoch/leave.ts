// Leaving an epoch, and what votes stay valid. Design: docs/protocol.md, "Rounds" 1 and "Acks, commit, valid votes".

import { notify } from '../notices.ts'
import { resetTakeover } from '../round/takeover.ts'
import type { State } from '../state.ts'

/**
 * Ends the epoch that is in force here, if there is one.
 *
 * `possible`: the highest index at which others may have counted an ack of ours. Whoever is in the epoch with us saw
 * of our acks what we saw; where others may have seen more (`'sent'`), it is all that we sent.
 */
export function leaveEpoch(state: State, counted: 'delivered' | 'sent'): void {
  resetTakeover(state)
  if (!state.active) return
  const sent = state.installed?.sentAck ?? 0
  state.active = false
  state.possible = counted === 'sent' ? Math.max(state.certain, sent) : state.certain
  state.unsaved = true
  notify(state, { notice: 'left', ballot: state.epoch.ballot })
}

/** Forgets the INSTALL, with acks, held proposals and what was fetched for it. */
export function dropInstall(state: State): void {
  state.installed = null
  state.joiner = null
}

/** Of a snapshot that was being received nothing is wanted any more. */
export function dropPartial(state: State): void {
  if (state.partial === null) return
  state.partial = null
  state.outputs.push({ type: 'drop-restore' })
}

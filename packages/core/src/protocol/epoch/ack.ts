// Acks: who holds what. Design: docs/protocol.md, "Acks, commit, valid votes".

import type { Process } from '../../identity.ts'
import type { Chain } from '../../log/entry.ts'
import { type Ballot, sameBallot } from '../../wire/ballot.ts'
import type { Position } from '../../wire/messages.ts'
import { faulty } from '../faults.ts'
import { refuse } from '../round/refuse.ts'
import { type InstalledState, memberKey, type State } from '../state.ts'
import { tryCommit } from './commit.ts'
import { dropInstall, leaveEpoch } from './leave.ts'

export function onAck(state: State, from: Process, ballot: Ballot, ack: Position): void {
  raiseCertainWrongly(state, from, ballot, ack)
  const installed = countingIn(state, from, ballot)
  if (installed === null) return
  if (state.active && !fits(state, ack)) {
    loseEpoch(state)
    return
  }
  const counted = installed.acks.get(from.nodeid)
  if (counted === undefined || ack.index > counted.index) installed.acks.set(from.nodeid, ack)
  if (from.incarnation === state.self.incarnation && state.active) raiseCertain(state, ack)
  tryCommit(state)
}

/** The epoch in which this ack counts here: installed in this view, its sender a voter participant. */
function countingIn(state: State, from: Process, ballot: Ballot): InstalledState | null {
  const { installed } = state
  if (installed === null || (!state.active && state.joiner === null)) return null
  if (!sameBallot(installed.install.ballot, ballot)) return null
  const role = installed.participants.get(memberKey(from))?.role
  const counts = role === 'voter' || (role === 'learner' && faulty(state, 'learners-acks-count'))
  return counts ? installed : null
}

/** An ack beyond the own end, or of another content, shows a message that was lost here or there. */
function fits(state: State, { index, chain }: Position): boolean {
  if (index > state.log.last) return faulty(state, 'ack-beyond-end-counted')
  const own: Chain | undefined = state.log.chainAt(index)
  return own === undefined || own === chain || faulty(state, 'ack-chain-unchecked')
}

/** Others may have counted what they saw of our acks beyond what we saw. */
export function loseEpoch(state: State): void {
  const { ballot } = state.epoch
  leaveEpoch(state, 'sent')
  dropInstall(state)
  refuse(state, ballot, 'lost')
}

function raiseCertain(state: State, { index }: Position): void {
  if (index > state.certain) state.certain = index
  if (index > state.possible) state.possible = index
}

/** Seeded fault: `certain` goes on rising after the epoch was left. */
function raiseCertainWrongly(state: State, from: Process, ballot: Ballot, { index }: Position): void {
  if (!faulty(state, 'certain-after-promise') || state.active) return
  if (from.incarnation !== state.self.incarnation || !sameBallot(ballot, state.epoch.ballot)) return
  state.certain = Math.max(state.certain, index)
  state.possible = Math.max(state.possible, index)
  state.unsaved = true
}

/** What is on disk is acked; cumulative. */
export function sendAck(state: State, index: number): void {
  const { active, installed, role, log } = state
  if (!active || installed === null || index <= installed.sentAck) return
  if (role !== 'voter' && !faulty(state, 'learners-acks-count')) return
  installed.sentAck = index
  const chain = log.chainAt(index) as Chain
  const { ballot } = installed.install
  state.outputs.push({ type: 'send', message: { type: 'ack', ballot, index, chain } })
}

// Views begin and end everything that a replica may believe of the others. Design: docs/protocol.md, "Rounds" 1.

import { type Member, sameMember } from '../../identity.ts'
import { dropInstall, leaveEpoch } from '../epoch/leave.ts'
import { faulty } from '../faults.ts'
import type { DownInput, QuorumInput, UpInput, ViewInput } from '../input.ts'
import type { State } from '../state.ts'
import { sameNotification } from './quorum.ts'
import { refuse } from './refuse.ts'
import { rankOf, resetTakeover } from './takeover.ts'

export function onView(state: State, { members, ring, nodeids }: ViewInput): void {
  if (faulty(state, 'no-view-at-totem') && state.view !== null && sameMembers(state.view.members, members)) {
    state.view = { ...state.view, ring, nodeids }
    return
  }
  state.views += 1
  leaveEpoch(state, 'delivered')
  endView(state)
  state.view = { number: state.views, members, ring, nodeids }
  state.roundWanted = true
  resetTakeover(state)
}

export function onUp(state: State, { self }: UpInput): void {
  state.self = { ...self, incarnation: state.self.incarnation }
}

/** The daemon is gone: others may have counted acks of ours that we have not seen delivered. */
export function onDown(state: State, _: DownInput): void {
  leaveEpoch(state, 'sent')
  endView(state)
  state.view = null
  state.takeoverMs = null
}

/** The policy `votequorum` rests on these; a new round has to know. */
export function onQuorum(state: State, { quorate, ring }: QuorumInput): void {
  state.quorum = { quorate, ring }
  if (state.voters.policy !== 'votequorum' || state.promise === null) return
  if (sameNotification(state.promise.quorum, state.quorum)) return
  if (rankOf(state) === 0) state.roundWanted = true
  else refuse(state, state.promised, 'quorum')
}

function endView(state: State): void {
  dropInstall(state)
  state.round = null
  state.promise = null
  state.collectionMs = state.timeouts.collectionMs
  state.lastCoordinator = null
  state.failedCoordinators.clear()
  state.roundWanted = false
  state.delayedRoundMs = null
  state.causedRounds = 0
  state.uncounted = null
  state.lagging = false
  state.obstacle = null
}

const sameMembers = (a: readonly Member[], b: readonly Member[]): boolean =>
  a.length === b.length && a.every((member, place) => sameMember(member, b[place] as Member))

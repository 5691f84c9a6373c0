// Who cannot be counted in this view, and knows it, asks for nothing: no PREPARE, no REFUSE, no takeover. Else it would
// keep the others from installing. Design: docs/protocol.md, "Leaving, and whose turn it is".

import type { Process } from '../../identity.ts'
import { compareBallots } from '../../wire/ballot.ts'
import type { Install, PromiseMessage } from '../../wire/messages.ts'
import { meetObstacle } from '../notices.ts'
import type { Obstacle } from '../output.ts'
import type { PromiseState, State } from '../state.ts'
import { isStranger } from './strangers.ts'
import { canRun } from './versions.ts'

/** What another's PROMISE, of the ballot that was promised here too, says of this replica. */
export function learnUncounted(
  state: State,
  promised: PromiseState,
  from: Process,
  promise: PromiseMessage,
): void {
  if (state.active || from.incarnation === state.self.incarnation || isStranger(state, promise)) return
  if (promise.role === 'learner') return
  if (from.nodeid === state.self.nodeid && state.role === 'voter') {
    beUncounted(state, { reason: 'two-votes', nodeids: [from.nodeid] })
    return
  }
  const { blank, epoch, agreed } = promise
  const higher = promised.shown === null || compareBallots(epoch.ballot, promised.shown.epoch) > 0
  if (blank || !higher) return
  promised.shown = { epoch: epoch.ballot, agreed }
  if (!canRun(state, agreed)) beUncounted(state, unable(state, promised.shown))
}

/** INSTALL leaves this replica out, for what it cannot run. */
export function isUnable(state: State, { versions }: Install): boolean {
  if (canRun(state, versions)) return false
  beUncounted(state, unable(state, { agreed: versions }))
  return true
}

const unable = ({ self }: State, { agreed }: { readonly agreed: Install['versions'] }): Obstacle => ({
  reason: 'version',
  needed: agreed,
  nodeids: [self.nodeid],
})

function beUncounted(state: State, obstacle: Obstacle): void {
  state.uncounted = 'left-out'
  meetObstacle(state, obstacle)
}

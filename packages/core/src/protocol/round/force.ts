// The operator's word: one round that does what the rules refuse. Design: docs/protocol.md, "Force".

import { type Chain, emptyChain } from '../../log/entry.ts'
import { Log } from '../../log/log.ts'
import { compareBallots, noBallot } from '../../wire/ballot.ts'
import type { VoterSet } from '../../wire/group.ts'
import type { Position } from '../../wire/messages.ts'
import { dropInstall, leaveEpoch } from '../epoch/leave.ts'
import type { Force } from '../force.ts'
import { notify } from '../notices.ts'
import type { State } from '../state.ts'
import { chooseLog, highestEpoch, lastIndex, type Promised } from './choose-log.ts'
import type { Claim } from './strangers.ts'

/** The log that the operator names, or what the rules would take; where these say nothing, the longest. */
export function forcedBase(
  { logOf }: Force,
  set: VoterSet,
  voters: readonly Promised[],
  all: readonly Promised[],
): Position {
  const named = all.find(({ nodeid }) => nodeid === logOf)
  if (named !== undefined) return endOf(named)
  if (highestEpoch(voters) !== undefined) {
    const choice = chooseLog(set, voters, all)
    if (choice.choice === 'base') return choice.base
  }
  return all.map(endOf).reduce((longest, end) => (end.index > longest.index ? end : longest))
}

function endOf({ promise }: Promised): Position {
  return { index: lastIndex(promise), chain: promise.chains[promise.chains.length - 1] as Chain }
}

/** Whether somebody belongs to a later generation of our group: the operator has forced a history that is not ours. */
export function isSuperseded({ group }: State, claim: Claim): boolean {
  if (group === null || claim.group === null || claim.group.random !== group.random) return false
  return compareBallots(claim.group.generation, group.generation) > 0
}

/** The own state is kept beside, by whoever drives this engine; here it is blank. Promise and memory stay. */
export function setAside(state: State, { voters }: Claim): void {
  leaveEpoch(state, 'delivered')
  dropInstall(state)
  state.group = null
  state.voters = voters
  if (!voters.nodeids.includes(state.self.nodeid)) state.role = 'learner'
  state.epoch = { ballot: noBallot, participants: [] }
  state.blank = true
  state.log = new Log()
  state.unsavedBegin = { index: 0, chain: emptyChain }
  state.written = 0
  state.certain = 0
  state.possible = 0
  state.commit = 0
  state.applied = 0
  state.partial = null
  state.donor = null
  state.unsaved = true
  state.outputs.push({ type: 'set-aside' })
  notify(state, { notice: 'set-aside' })
}

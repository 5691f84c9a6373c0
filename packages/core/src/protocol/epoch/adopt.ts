// Adopting an epoch: the log holds all up to its base, or a snapshot beyond it. Design: docs/protocol.md, "Rounds" 5, 6.

import { encodeBody } from '../../log/body.ts'
import { chainAfter } from '../../log/chain.ts'
import type { EntryBody, ViewBody } from '../../log/entry.ts'
import type { Install, Position } from '../../wire/messages.ts'
import { noteUncommitted, sendOpen } from '../client/origin.ts'
import { holdEstimate } from '../client/time.ts'
import { forgetOtherHistory } from '../digests.ts'
import { faulty } from '../faults.ts'
import { notify } from '../notices.ts'
import type { Held, InstalledState, State } from '../state.ts'
import { loseEpoch } from './ack.ts'
import { tryCommit } from './commit.ts'
import { dropPartial } from './leave.ts'

/** What will stand in the log. */
interface Pending {
  readonly body: EntryBody
  readonly payload: Uint8Array
}

/**
 * The log ends at the base, or beyond it where a snapshot brought more (`leadsTo`). `held`: the proposals of this epoch
 * that were delivered while this replica caught up; the snapshot's are dropped.
 */
export function adopt(state: State, held: readonly Held[]): void {
  const installed = state.installed as InstalledState
  const { install } = installed
  const entries = epochEntries(state, install, held)
  if (!faulty(state, 'held-not-dropped')) entries.splice(0, state.log.last - install.base)
  takeEpoch(state, install)
  for (const { body, payload } of entries) state.log.append(body, payload)
  // All that a snapshot could bring is in the log.
  dropPartial(state)
  const { ballot, base } = install
  notify(state, { notice: 'adopted', ballot, base, leader: ballot.nodeid })
  if (keptAcksFit(state, installed)) {
    noteUncommitted(state)
    sendOpen(state)
    tryCommit(state)
  } else loseEpoch(state)
}

/** What the epoch's log holds behind its base. */
function epochEntries(state: State, install: Install, held: readonly Held[]): Pending[] {
  const entries = [viewEntry(withoutKnown(state, install)), ...held]
  if (faulty(state, 'held-before-view')) entries.push(...entries.splice(0, 1))
  return entries
}

/** Seeded fault: the entry says who is new, by the adopter's last VIEW entry. */
function withoutKnown(state: State, install: Install): Install {
  if (!faulty(state, 'joined-in-view-entry')) return install
  const bodies = state.log.slice(state.log.start, install.base).map(({ body }) => body)
  const last = bodies.filter((body) => body.type === 'view').at(-1)
  const known = last?.members.map(({ incarnation }) => incarnation) ?? []
  return { ...install, members: install.members.filter(({ incarnation }) => !known.includes(incarnation)) }
}

/** From INSTALL alone, so that it is the same for all. */
function viewEntry({ ballot, participants, members, versions, timeMs }: Install): Pending {
  const body: ViewBody = { type: 'view', ballot, participants, members, versions, timeMs }
  return { body, payload: encodeBody(body) }
}

/**
 * Whether `end`, at the base or beyond it, is where INSTALL leads: the first of [VIEW entry, held proposals …] fill what
 * lies between. If not, a message was lost here.
 */
export function leadsTo(state: State, install: Install, held: readonly Held[], end: Position): boolean {
  const covered = end.index - install.base
  if (covered > 0 && faulty(state, 'held-not-dropped')) return true
  const entries = epochEntries(state, install, held)
  if (covered > entries.length) return false
  let { chain } = install
  for (const { payload } of entries.slice(0, covered)) chain = chainAfter(chain, payload)
  return chain === end.chain
}

function takeEpoch(state: State, install: Install): void {
  const { ballot, participants, group, base } = install
  holdEstimate(state)
  forgetOtherHistory(state, group)
  state.epoch = { ballot, participants }
  state.adoptedHere = ballot
  state.group = group
  state.blank = false
  const known = Math.max(base, state.commit)
  if (!faulty(state, 'certain-not-reset')) state.certain = known
  state.possible = state.certain
  state.active = true
  state.adoptions += 1
  state.unsaved = true
  if (state.installed !== null) state.installed.sentAck = known
}

/** Acks that came while this replica caught up are compared now. */
function keptAcksFit({ log }: State, { acks }: InstalledState): boolean {
  return [...acks.values()].every(({ index, chain }) => {
    if (index > log.last) return false
    const own = log.chainAt(index)
    return own === undefined || own === chain
  })
}

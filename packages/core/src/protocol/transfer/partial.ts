// A snapshot that comes in parts, to a joiner. Design: docs/protocol.md, "Catching up".

import { RunningDigest } from '../../digest.ts'
import type { Process } from '../../identity.ts'
import type { Versions } from '../../log/entry.ts'
import { Log } from '../../log/log.ts'
import { type Install, type Position, type SnapshotChunk, samePosition } from '../../wire/messages.ts'
import { dropPartial } from '../epoch/leave.ts'
import { faulty } from '../faults.ts'
import { notify } from '../notices.ts'
import { persist, persistPart } from '../persist.ts'
import { giveWay } from '../round/force.ts'
import type { InstalledState, JoinerState, PartialState, State } from '../state.ts'
import { cutDeadTail, joinerFor, proceed } from './joiner.ts'

export function onSnapshotChunk(state: State, from: Process, chunk: SnapshotChunk): void {
  const joiner = joinerFor(state, chunk)
  if (joiner === null || chunk.snapshot.index <= joiner.at.index) return
  const partial = continuePartial(state, joiner, from, chunk)
  if (partial === null) return
  if (chunk.digest !== null) restore(state, joiner, partial, chunk.digest)
  proceed(state, joiner, chunk.commit, true)
  // At once: the parts of the next one would take the place of these.
  if (state.unsavedSnapshot !== null) persist(state)
}

/** Kept across views under its name, and resumed, from whichever donor has as much of it. */
function continuePartial(
  state: State,
  joiner: JoinerState,
  from: Process,
  { snapshot, versions, offset, part }: SnapshotChunk,
): PartialState | null {
  const { partial } = state
  const same =
    partial !== null && (samePosition(partial.at, snapshot) || faulty(state, 'parts-of-any-snapshot'))
  const goesOn = same && offset === partial.bytes
  if (!goesOn && !mayBegin(state, joiner, from, { offset, same })) return null
  const current = goesOn ? partial : beginPartial(snapshot, versions)
  persistPart(state, offset, part)
  current.bytes += part.length
  current.digest.add(part)
  state.partial = current
  return current
}

/**
 * In the place of what has come, another snapshot only from the donor that was asked: else the streams of two donors
 * begin each other's anew for ever. The same one only as its answer: what it sends later may be meant for others.
 */
function mayBegin(
  { partial }: State,
  { asked, credit, creditMax }: JoinerState,
  from: Process,
  { offset, same }: { readonly offset: number; readonly same: boolean },
): boolean {
  if (offset !== 0) return false
  if (partial === null) return true
  return from.incarnation === asked && (!same || credit === creditMax)
}

const beginPartial = (at: Position, versions: Versions): PartialState => ({
  at,
  versions,
  bytes: 0,
  digest: new RunningDigest(),
})

/**
 * The whole is here: it is committed, so it holds at once. It does not bring its epoch. Parts of donors that do not give
 * the same bytes make no whole: then everything from its beginning.
 */
function restore(state: State, joiner: JoinerState, partial: PartialState, digest: number): void {
  if (partial.digest.finish() !== digest) {
    dropPartial(state)
    return
  }
  state.partial = null
  const { install } = state.installed as InstalledState
  giveWay(state, install)
  const { at, versions } = partial
  const { index, chain } = at
  if (state.log.chainAt(index) !== chain) {
    if (index <= state.log.last) cutDeadTail(state, index)
    state.log = new Log({ index, chain, versions })
    state.unsavedBegin = { index, chain }
    state.written = index
  }
  state.commit = index
  state.certain = Math.max(state.certain, index)
  state.possible = Math.max(state.possible, state.certain)
  state.group ??= install.group
  bringEpochWrongly(state, install)
  state.unsaved = true
  state.unsavedSnapshot = at
  joiner.tail.length = 0
  joiner.at = { index, chain }
  joiner.credit = 0
  notify(state, { notice: 'restored', index })
  state.outputs.push({ type: 'restore', index })
}

/** Seeded fault. */
function bringEpochWrongly(state: State, { ballot, participants }: Install): void {
  if (!faulty(state, 'snapshot-brings-epoch')) return
  state.epoch = { ballot, participants }
  state.blank = false
}

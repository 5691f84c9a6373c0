// Order of disk and messages: what is said rests on what is stored. Design: docs/protocol.md, "Order of disk and messages".

import type { StorageRecord } from '../log/storage-record.ts'
import { compareBallots } from '../wire/ballot.ts'
import { type Backlog, backlogOf, minus, plus } from './backlog.ts'
import { sendAck } from './epoch/ack.ts'
import { comeBack } from './epoch/lag.ts'
import { faulty } from './faults.ts'
import type { CompactInput, StoredInput } from './input.ts'
import { sendPromise } from './round/prepare.ts'
import type { SaidState, State, WriteState } from './state.ts'

/** Writes what has changed since the last write, in one transaction. */
export function persist(state: State): void {
  const { log, written, unsavedSnapshot, unsavedForget, unsavedBegin } = state
  if (!state.unsaved && written === log.last) return
  const append = log.slice(written, log.last)
  const says = { promised: state.promised, adoption: state.adoptions, last: log.last }
  state.outputs.push({
    type: 'persist',
    token: begin(state, says, backlogOf(append)),
    record: recordOf(state),
    snapshot: unsavedSnapshot,
    begin: unsavedBegin,
    truncate: written,
    append,
    forget: unsavedForget,
  })
  state.unsavedSnapshot = null
  state.unsavedForget = null
  state.unsavedBegin = null
  state.unsaved = false
  state.written = log.last
  if (faulty(state, 'ack-before-sync')) rely(state, says)
  if (faulty(state, 'promise-before-sync')) sendPromise(state)
}

/** Writes a part of a snapshot that comes from a donor. Nothing rests on it, and until it is stored it takes memory. */
export function persistPart(state: State, offset: number, part: Uint8Array): void {
  const token = begin(state, null, { entries: 0, bytes: part.length })
  state.outputs.push({ type: 'restore-part', token, offset, part })
}

/** Its token. */
function begin(state: State, says: SaidState | null, backlog: Backlog): number {
  state.lastToken += 1
  state.writes.push({ token: state.lastToken, says, backlog })
  state.backlog = plus(state.backlog, backlog)
  return state.lastToken
}

/**
 * At once, since the parts of another snapshot may be the next that is written; and with the commit, which the record on
 * disk may not have yet. Of the entries those go that are not kept for others either.
 */
export function onCompact(state: State, { at }: CompactInput): void {
  state.unsavedSnapshot = at
  state.unsavedForget = Math.min(at.index, state.log.start)
  state.unsaved = true
  if (!faulty(state, 'snapshot-named-late')) persist(state)
}

/** A write is on disk, and all before it. */
export function onStored(state: State, { token }: StoredInput): void {
  let newest: SaidState | null = null
  while (state.writes[0] !== undefined && state.writes[0].token <= token) {
    const { says, backlog } = state.writes.shift() as WriteState
    newest = says ?? newest
    state.backlog = minus(state.backlog, backlog)
  }
  if (newest !== null) rely(state, newest)
  comeBack(state)
}

/** Sends what a write makes true: a promise, if it is still the one in force; an ack, if its epoch is. */
function rely(state: State, { promised, adoption, last }: SaidState): void {
  const pending = state.promise?.pending ?? null
  if (pending !== null && compareBallots(promised, pending.ballot) === 0) sendPromise(state)
  if (adoption === state.adoptions) sendAck(state, last)
}

/** What a replica keeps beside log and snapshot, as it is now. */
export function recordOf(state: State): StorageRecord {
  const { memory, group, voters, promised, epoch, blank, certain, commit } = state
  const record = { memory, group, voters, promised, epoch, blank, certain, commit }
  if (!faulty(state, 'epoch-written-lazily')) return record
  const lazily = state.lazyRecord ?? {
    epoch: { ballot: { ...promised, number: 0 }, participants: [] },
    blank: true,
  }
  state.lazyRecord = { epoch, blank }
  return { ...record, ...lazily }
}

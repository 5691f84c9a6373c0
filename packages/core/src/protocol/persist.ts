// Order of disk and messages: what is said rests on what is stored. Design: docs/protocol.md, "Order of disk and messages".

import type { StorageRecord } from '../log/storage-record.ts'
import { compareBallots } from '../wire/ballot.ts'
import { backlogOf, minus, plus } from './backlog.ts'
import { sendAck } from './epoch/ack.ts'
import { comeBack } from './epoch/lag.ts'
import { faulty } from './faults.ts'
import type { CompactInput, StoredInput } from './input.ts'
import { sendPromise } from './round/prepare.ts'
import type { State, WriteState } from './state.ts'

/** Writes what has changed since the last write, in one transaction. */
export function persist(state: State): void {
  const { log, written, unsavedSnapshot, unsavedForget, unsavedBegin } = state
  if (!state.unsaved && written === log.last) return
  const append = log.slice(written, log.last)
  state.lastToken += 1
  const write = {
    token: state.lastToken,
    promised: state.promised,
    adoption: state.adoptions,
    last: log.last,
    backlog: backlogOf(append),
  }
  state.writes.push(write)
  state.backlog = plus(state.backlog, write.backlog)
  state.outputs.push({
    type: 'persist',
    token: write.token,
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
  if (faulty(state, 'ack-before-sync')) rely(state, write)
  if (faulty(state, 'promise-before-sync')) sendPromise(state)
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
  let newest: WriteState | undefined
  while (state.writes[0] !== undefined && state.writes[0].token <= token) {
    newest = state.writes.shift() as WriteState
    state.backlog = minus(state.backlog, newest.backlog)
  }
  if (newest !== undefined) rely(state, newest)
  comeBack(state)
}

/** Sends what a write makes true: a promise, if it is still the one in force; an ack, if its epoch is. */
function rely(state: State, { promised, adoption, last }: WriteState): void {
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

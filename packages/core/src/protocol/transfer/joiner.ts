// A joiner: a participant whose log does not have the base. Design: docs/protocol.md, "Catching up".

import { chainAfter } from '../../log/chain.ts'
import { type Chain, emptyChain, type Index } from '../../log/entry.ts'
import { sameBallot } from '../../wire/ballot.ts'
import type { EntriesChunk, Install, Mismatch, Position } from '../../wire/messages.ts'
import { adopt, leadsTo } from '../epoch/adopt.ts'
import { commitUpTo } from '../epoch/commit.ts'
import { isHalfOfBound } from '../epoch/lag.ts'
import { faulty } from '../faults.ts'
import { notify, stop } from '../notices.ts'
import { giveWay, isSuperseded } from '../round/force.ts'
import { refuse } from '../round/refuse.ts'
import { resetTakeover } from '../round/takeover.ts'
import type { Held, InstalledState, JoinerState, State } from '../state.ts'
import { stallMs } from './stall.ts'

export function beginJoining(state: State): void {
  const { install } = state.installed as InstalledState
  state.joiner = {
    held: [],
    heldBytes: 0,
    overflowed: false,
    tail: [],
    at: startOf(state, install),
    donor: rankAmongJoiners(state, install),
    asked: null,
    stallMs: 0,
    waitsForDisk: false,
    stalls: 0,
    creditMax: state.limits.chunksInFlightMax,
    credit: 0,
  }
  adoptWrongly(state, install)
  tellProgress(state, state.joiner, install.base)
  fetchNext(state, state.joiner)
}

/** Of another history, everything: until something of it can take the place of what is here, that stays (R5.31). */
function startOf(state: State, install: Install): Position {
  const { commit, log } = state
  if (isSuperseded(state, install)) return { index: 0, chain: emptyChain }
  return { index: commit, chain: log.chainAt(commit) as Chain }
}

function tellProgress(state: State, { at }: JoinerState, to: Index): void {
  if (at.index >= to) return
  notify(state, { notice: 'catching-up', from: at.index, to, bytes: state.partial?.bytes ?? 0 })
}

/** The k-th joiner takes the k-th donor. */
function rankAmongJoiners({ self }: State, { participants, donors }: Install): number {
  const joiners = participants.filter(({ incarnation }) => !donors.includes(incarnation))
  return joiners.findIndex(({ incarnation }) => incarnation === self.incarnation)
}

/** Seeded fault: the epoch counts as adopted before the log is there. */
function adoptWrongly(state: State, { ballot, participants }: Install): void {
  if (!faulty(state, 'adopted-before-transfer')) return
  state.epoch = { ballot, participants }
  state.blank = false
  state.unsaved = true
}

/** What comes faster than it is stored would only wait, until there is too much of it, and joining ends (R9.6). */
function fetchNext(state: State, joiner: JoinerState): void {
  joiner.waitsForDisk = isHalfOfBound(state)
  if (joiner.waitsForDisk) joiner.stallMs = Number.POSITIVE_INFINITY
  else fetch(state, joiner)
}

/** More is stored. */
export function goOnFetching(state: State): void {
  const { joiner } = state
  if (joiner === null || !joiner.waitsForDisk || isHalfOfBound(state)) return
  resetTakeover(state)
  fetchNext(state, joiner)
}

/** Asks for what follows; also again, when a donor has stalled. */
function fetch(state: State, joiner: JoinerState): void {
  const { install } = state.installed as InstalledState
  const donors = install.donors.filter((donor) => donor !== state.self.incarnation)
  const donor = donors[joiner.donor % donors.length]
  joiner.stallMs = stallMs(state, joiner)
  if (donor === undefined) return
  joiner.asked = donor
  joiner.credit = joiner.creditMax
  const partial = state.partial === null ? null : { ...state.partial.at, bytes: state.partial.bytes }
  const message = {
    type: 'fetch',
    ballot: install.ballot,
    donor,
    ...joiner.at,
    upTo: joiner.overflowed ? Number.MAX_SAFE_INTEGER : install.base,
    credit: joiner.credit,
    partial,
  } as const
  state.outputs.push({ type: 'send', message })
}

/** A donor that has sent some of what was asked for may send no more at once, and waits for the next FETCH. */
export function onStall(state: State, joiner: JoinerState): void {
  const sent = joiner.creditMax - joiner.credit
  if (sent > 0 && !faulty(state, 'credit-never-learned')) joiner.creditMax = sent
  joiner.stalls += 1
  joiner.donor += 1
  fetch(state, joiner)
}

/** A proposal of the epoch that this joiner will adopt. */
export function hold(state: State, joiner: JoinerState, proposal: Held): void {
  if (joiner.overflowed || faulty(state, 'held-not-kept')) return
  joiner.held.push(proposal)
  joiner.heldBytes += proposal.payload.length
  if (joiner.heldBytes <= state.limits.heldBytesMax) return
  joiner.overflowed = true
  joiner.held.length = 0
  joiner.tail.length = 0
  joiner.at = startOf(state, (state.installed as InstalledState).install)
  fetch(state, joiner)
}

export function onEntries(state: State, chunk: EntriesChunk): void {
  const joiner = joinerFor(state, chunk)
  if (joiner === null) return
  const fresh = freshEntries(state, joiner, chunk)
  if (fresh === null) return
  for (const { payload, body } of fresh) {
    joiner.tail.push({ body, payload })
    joiner.at = { index: joiner.at.index + 1, chain: chainAfter(joiner.at.chain, payload) }
  }
  takeCommitted(state, joiner, chunk.commit)
  proceed(state, joiner, chunk.commit, fresh.length > 0)
}

export function joinerFor(
  { joiner, installed }: State,
  { ballot }: { readonly ballot: Install['ballot'] },
): JoinerState | null {
  return joiner !== null && installed !== null && sameBallot(installed.install.ballot, ballot) ? joiner : null
}

/** What of a chunk follows what is here; `null`: it does not fit. Others' chunks do as well as those asked for. */
function freshEntries(
  state: State,
  { at, overflowed }: JoinerState,
  { from, entries, commit }: EntriesChunk,
): EntriesChunk['entries'] | null {
  const known = at.index - from.index
  if (known < 0 || known > entries.length) return null
  let { chain } = from
  for (const { payload } of entries.slice(0, known)) chain = chainAfter(chain, payload)
  if (chain !== at.chain && !faulty(state, 'transfer-chain-unchecked')) return null
  // For this INSTALL nothing beyond its base is of use; after that only what is committed.
  const base = (state.installed as InstalledState).install.base
  const end = overflowed ? commit : base
  return entries.slice(known, Math.max(known, end - from.index))
}

/** Committed is committed, whatever the epoch: installed at once, so that a transfer outlives rounds and views. */
function takeCommitted(state: State, joiner: JoinerState, donorCommit: Index): void {
  const first = joiner.at.index - joiner.tail.length
  const end = Math.min(donorCommit, joiner.at.index)
  if (end <= first) return
  const { install } = state.installed as InstalledState
  giveWay(state, install)
  const entries = joiner.tail.splice(0, end - first)
  for (const [i, { body, payload }] of entries.entries()) {
    const index = first + i + 1
    const chain = chainAfter(state.log.chainAt(index - 1) as Chain, payload)
    if (state.log.chainAt(index) === chain) continue
    cutDeadTail(state, index)
    state.log.append(body, payload)
  }
  // Whose history this is, must be known when the operator gives it up before we adopt.
  state.group ??= install.group
  state.unsaved = true
  commitUpTo(state, end)
}

/** An own tail that the committed prefix contradicts was never committed: no vote of ours stands behind it. */
export function cutDeadTail(state: State, index: Index): void {
  if (index > state.log.last) return
  state.log.truncate(index - 1)
  state.written = Math.min(state.written, index - 1)
  state.certain = state.commit
  state.possible = state.commit
}

/** Adopts when all is here, asks for more when the donor has sent what it might. */
export function proceed(state: State, joiner: JoinerState, donorCommit: Index, isFresh: boolean): void {
  const { install } = state.installed as InstalledState
  if (isFresh) {
    tellProgress(state, joiner, Math.max(install.base, donorCommit))
    resetTakeover(state)
    joiner.stallMs = stallMs(state, joiner)
    joiner.credit -= 1
  }
  if (joiner.overflowed && joiner.at.index >= donorCommit) giveUp(state, install, 'room')
  else if (!joiner.overflowed && joiner.at.index >= install.base) complete(state, joiner, install)
  else if (isFresh && joiner.credit <= 0) fetchNext(state, joiner)
}

/** `room`: nearly current again, so that the base of the next INSTALL is nearly the own log's end. */
function giveUp(state: State, { ballot }: Install, reason: 'room' | 'lost'): void {
  state.joiner = null
  state.installed = null
  refuse(state, ballot, reason)
}

/** Nothing of the own log goes before it is known that what replaces it is INSTALL's. */
function complete(state: State, { held, tail, at }: JoinerState, install: Install): void {
  if (!leadsTo(state, install, held, at)) {
    giveUp(state, install, 'lost')
    return
  }
  state.joiner = null
  giveWay(state, install)
  state.log.truncate(state.commit)
  state.written = Math.min(state.written, state.commit)
  for (const { body, payload } of tail) state.log.append(body, payload)
  adopt(state, held)
}

/** The donor does not have what is committed here. */
export function onMismatch(state: State, { joiner, ballot, index }: Mismatch): void {
  if (joiner !== state.self.incarnation || joinerFor(state, { ballot }) === null) return
  const text = `What this replica has committed at index ${index} is not what the group has committed there. Its state is kept; find out which of both is right before you move the other aside.`
  stop(state, 'history', text)
}

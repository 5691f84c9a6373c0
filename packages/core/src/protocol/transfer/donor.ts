// A donor: sends joiners what they lack. Design: docs/protocol.md, "Catching up".

import { RunningDigest } from '../../digest.ts'
import type { Incarnation, Process } from '../../identity.ts'
import type { Chain, Index } from '../../log/entry.ts'
import { sameBallot } from '../../wire/ballot.ts'
import {
  type EntriesChunk,
  type Fetch,
  type PartialSnapshot,
  type SnapshotChunk,
  samePosition,
} from '../../wire/messages.ts'
import { faulty } from '../faults.ts'
import type { PieceInput, SnapshotInput } from '../input.ts'
import type { DonorState, InstalledState, SnapshotWanted, State } from '../state.ts'
import { stallCollectionsMax } from './stall.ts'

/** Only an adopter of the ballot answers. */
export function onFetch(state: State, from: Process, request: Fetch): void {
  const { active, epoch, log, self } = state
  if (!active || !sameBallot(epoch.ballot, request.ballot) || request.donor !== self.incarnation) return
  const own = log.chainAt(request.index)
  if (own !== undefined && own !== request.chain) {
    if (request.index <= state.commit) sendMismatch(state, from, request)
    return
  }
  const credit = Math.min(request.credit, roomFor(state, from))
  if (credit <= 0) return
  const wanted = { joiner: from.incarnation, partial: request.partial, credit }
  if (own === undefined) sendSnapshot(state, wanted, request.index)
  else sendEntries(state, wanted, request)
}

/** What a joiner asks for again while it is on its way would only be behind it. */
function roomFor({ installed, limits }: State, { incarnation }: Process): number {
  const underWay = installed?.chunksFor.filter((joiner) => joiner === incarnation).length ?? 0
  return limits.chunksInFlightMax - underWay
}

function send(state: State, joiner: Incarnation, message: EntriesChunk | SnapshotChunk): void {
  state.installed?.chunksFor.push(joiner)
  state.outputs.push({ type: 'send', message })
}

/** It was delivered here, so its like may follow. */
export function onOwnChunk({ installed }: State, { ballot }: EntriesChunk | SnapshotChunk): void {
  if (installed !== null && sameBallot(installed.install.ballot, ballot)) installed.chunksFor.shift()
}

function sendMismatch(state: State, from: Process, { ballot, index, chain }: Fetch): void {
  const message = { type: 'mismatch', ballot, joiner: from.incarnation, index, chain } as const
  state.outputs.push({ type: 'send', message })
}

/** Up to the base what is in the log, beyond it what is committed; in as many chunks as the joiner has room for. */
function sendEntries(state: State, wanted: SnapshotWanted, { index, upTo }: Fetch): void {
  const { install } = state.installed as InstalledState
  const end = upTo <= install.base ? upTo : Math.max(state.commit, index)
  let after = index
  for (let left = wanted.credit; left > 0 && (after < end || left === wanted.credit); left--) {
    if (after < end && !fits(state, after + 1)) {
      // What is not committed is in no snapshot: another donor may take larger messages.
      if (after < state.commit) sendSnapshot(state, { ...wanted, credit: left }, after)
      return
    }
    after = sendChunk(state, wanted.joiner, after, end)
  }
}

function sendChunk(state: State, joiner: Incarnation, after: Index, end: Index): Index {
  const { log, commit, epoch } = state
  const entries = chunkOf(state, after, end)
  const from = { index: after, chain: log.chainAt(after) as Chain }
  const committed = faulty(state, 'donor-beyond-commit') ? log.last : commit
  send(state, joiner, { type: 'entries', ballot: epoch.ballot, from, commit: committed, entries })
  return after + entries.length
}

/** At most: what a CHUNK says of an entry beside its payload. */
const lengthBytesMax = 5

/** At most: a CHUNK without entries. */
const headerBytesMax = 128

/** Whether a message takes this entry. One that was proposed where larger ones are taken may not go. */
function fits({ log, messageBytesMax }: State, index: Index): boolean {
  return headerBytesMax + lengthBytesMax + log.entry(index).payload.length <= messageBytesMax
}

/** The entries behind `after`, as many as the bound takes; the first always. */
function chunkOf({ log, limits }: State, after: Index, end: Index): EntriesChunk['entries'] {
  const entries: EntriesChunk['entries'][number][] = []
  let bytes = 0
  for (let index = after + 1; index <= end; index++) {
    const { body, payload } = log.entry(index)
    bytes += payload.length + lengthBytesMax
    if (entries.length > 0 && bytes > limits.chunkBytesMax) break
    entries.push({ body, payload })
  }
  return entries
}

/** One that goes beyond `after`. */
function sendSnapshot(state: State, wanted: SnapshotWanted, after: Index): void {
  const { donor, log } = state
  if (donor !== null && donor.at.index >= log.start && donor.at.index > after) sendParts(state, donor, wanted)
  else if (state.snapshotWanted === null) {
    state.snapshotWanted = wanted
    state.outputs.push({ type: 'take-snapshot' })
  }
}

/**
 * What the joiner has of this very snapshot it does not get again, unless less was made of it here: to make all that at
 * once would be a pause, and where all is less, what the joiner has is another's.
 */
function offsetIn({ at, bytes, digest }: DonorState, partial: PartialSnapshot | null): number {
  if (partial === null || !samePosition(partial, at)) return 0
  const goesOn = partial.bytes < bytes || (partial.bytes === bytes && digest === null)
  return goesOn ? partial.bytes : 0
}

/** Pieces are made when they are wanted, and kept for the next joiner. */
function sendParts(state: State, donor: DonorState, { joiner, partial, credit }: SnapshotWanted): void {
  const { at: snapshot, versions } = donor
  const { commit, epoch } = state
  donor.idleMs = idleMs(state)
  let offset = offsetIn(donor, partial)
  for (let left = credit; left > 0 && (offset < donor.bytes || donor.digest === null); left--) {
    if (offset >= donor.bytes) {
      takePiece(state, { joiner, partial: { ...snapshot, bytes: offset }, credit: left })
      return
    }
    const { part, digest } = partAt(state, donor, offset)
    send(state, joiner, {
      type: 'snapshot',
      ballot: epoch.ballot,
      commit,
      snapshot,
      versions,
      offset,
      part,
      digest,
    })
    offset += part.length
  }
}

/** Never before a joiner that waits for its chunks would turn to the next donor: it comes with its next FETCH. */
function idleMs(state: State): number {
  const { nowMs, collectionMs, timeouts } = state
  const least = faulty(state, 'snapshot-dropped-early') ? 0 : stallCollectionsMax * collectionMs
  return nowMs + Math.max(timeouts.snapshotIdleMs, least)
}

/** The rest of what is wanted is sent when the piece is here. */
function takePiece(state: State, wanted: SnapshotWanted): void {
  if (state.snapshotWanted !== null) return
  state.snapshotWanted = wanted
  state.outputs.push({ type: 'take-piece', bytes: state.limits.chunkBytesMax })
}

/** What of a piece lies at `offset` and behind. */
function partAt(
  { limits }: State,
  { pieces, digest }: DonorState,
  offset: number,
): { readonly part: Uint8Array; readonly digest: number | null } {
  const place = Math.floor(offset / limits.chunkBytesMax)
  const piece = pieces[place] as Uint8Array
  return {
    part: piece.subarray(offset % limits.chunkBytesMax),
    digest: place === pieces.length - 1 ? digest : null,
  }
}

/** Whoever asked for it may be gone meanwhile, and asks again if not. */
export function onSnapshot(state: State, { index }: SnapshotInput): void {
  const wanted = state.snapshotWanted
  state.snapshotWanted = null
  const chain = state.log.chainAt(index)
  if (chain === undefined) return
  state.donor = {
    at: { index, chain },
    versions: state.log.versionsAt(index),
    ...{ pieces: [], bytes: 0, running: new RunningDigest(), digest: null },
    idleMs: 0,
  }
  if (state.active && wanted !== null) sendParts(state, state.donor, wanted)
}

export function onPiece(state: State, { index, offset, piece, last }: PieceInput): void {
  const { donor, snapshotWanted: wanted } = state
  state.snapshotWanted = null
  if (donor === null || donor.at.index !== index || donor.bytes !== offset) return
  donor.pieces.push(piece)
  donor.bytes += piece.length
  donor.running.add(piece)
  if (last) donor.digest = donor.running.finish()
  if (state.active && wanted !== null) sendParts(state, donor, wanted)
}

/** Nobody asks for it any more, or it would keep too much of the log. */
export function dropSnapshot(state: State): void {
  if (state.donor?.digest === null) state.outputs.push({ type: 'drop-snapshot' })
  state.donor = null
  state.snapshotWanted = null
}

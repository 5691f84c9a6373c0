// A donor: sends joiners what they lack. Design: docs/protocol.md, "Catching up".

import type { Incarnation, Process } from '../../identity.ts'
import type { Chain, Index } from '../../log/entry.ts'
import { sameBallot } from '../../wire/ballot.ts'
import type { EntriesChunk, Fetch, PartialSnapshot, SnapshotChunk } from '../../wire/messages.ts'
import { faulty } from '../faults.ts'
import type { SnapshotInput } from '../input.ts'
import type { DonorState, InstalledState, SnapshotWanted, State } from '../state.ts'
import { sameSnapshot } from './snapshot-id.ts'

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
  if (own === undefined) sendSnapshot(state, { joiner: from.incarnation, partial: request.partial, credit })
  else sendEntries(state, from, request, credit)
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
function sendEntries(state: State, { incarnation }: Process, { index, upTo }: Fetch, credit: number): void {
  const { install } = state.installed as InstalledState
  const end = upTo <= install.base ? upTo : Math.max(state.commit, index)
  let after = index
  for (let sent = 0; sent < credit && (after < end || sent === 0); sent++)
    after = sendChunk(state, incarnation, after, end)
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

/** The entries behind `after`, as many as the bound takes; the first always: what was proposed fits into a message. */
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

function sendSnapshot(state: State, wanted: SnapshotWanted): void {
  const { donor, log } = state
  if (donor !== null && donor.id.index >= log.start) sendParts(state, donor, wanted)
  else if (state.snapshotWanted === null) {
    state.snapshotWanted = wanted
    state.outputs.push({ type: 'take-snapshot' })
  }
}

/** What the joiner has of this very snapshot it does not get again. */
function offsetIn({ id }: DonorState, partial: PartialSnapshot | null): number {
  return partial !== null && sameSnapshot(partial, id) ? partial.bytes : 0
}

function sendParts(state: State, donor: DonorState, { joiner, partial, credit }: SnapshotWanted): void {
  const offset = offsetIn(donor, partial)
  const { chunkBytesMax } = state.limits
  donor.idleMs = state.nowMs + state.timeouts.snapshotIdleMs
  const { id: snapshot, versions, bytes } = donor
  const { ballot } = state.epoch
  for (let i = 0; i < credit; i++) {
    const begin = offset + i * chunkBytesMax
    if (begin >= bytes.length && i > 0) return
    const part = bytes.subarray(begin, begin + chunkBytesMax)
    const totalBytes = bytes.length
    const { commit } = state
    const message = {
      type: 'snapshot',
      ballot,
      commit,
      snapshot,
      versions,
      totalBytes,
      offset: begin,
      part,
    } as const
    send(state, joiner, message)
  }
}

/** The machine's snapshot is here; whoever asked for it may be gone meanwhile, and asks again if not. */
export function onSnapshot(state: State, { index, bytes, digest }: SnapshotInput): void {
  const wanted = state.snapshotWanted
  state.snapshotWanted = null
  const chain = state.log.chainAt(index)
  if (chain === undefined) return
  const id = { index, chain, digest }
  state.donor = { id, versions: state.log.versionsAt(index), bytes, idleMs: 0 }
  if (!state.active || wanted === null) return
  sendParts(state, state.donor, wanted)
}

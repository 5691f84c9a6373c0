// State digests, compared between replicas at agreed indexes: a machine that is not deterministic, or memory that is
// not what was written, shows here. Design: docs/protocol.md, "Digests".

import type { Incarnation, Process } from '../identity.ts'
import type { EntryBody, Index, Participant } from '../log/entry.ts'
import { type GroupId, majorityOf, sameGroup } from '../wire/group.ts'
import type { DigestMessage } from '../wire/messages.ts'
import type { DigestInput } from './input.ts'
import { notify, stop } from './notices.ts'
import type { State } from './state.ts'

/** Entries between two comparisons, where no VIEW entry comes. */
const digestInterval = 16_384
/** Of cluster time: else a group with little to do compares once in a week. */
const digestIntervalMs = 60_000
/** Agreed indexes of which digests are kept: others may lie that much behind or ahead. */
const keptIndexesMax = 16

/** Whether all replicas take a digest when they have applied this entry, with which cluster time went on so far. */
export function isDigestIndex(index: Index, body: EntryBody, fromMs: number, toMs: number): boolean {
  const isLater = Math.floor(toMs / digestIntervalMs) > Math.floor(fromMs / digestIntervalMs)
  return body.type === 'view' || index % digestInterval === 0 || isLater
}

/** The own state's, right after `index` was applied. */
export function onOwnDigest(state: State, { index, digest }: DigestInput): void {
  if (state.group === null) return
  note(state, index, state.self.incarnation, digest)
  say(state, index, digest)
  compare(state, index)
}

export function onDigest(state: State, from: Process, { group, index, digest }: DigestMessage): void {
  if (state.group === null || from.incarnation === state.self.incarnation) return
  // By force others may be in another history than this one.
  if (!sameGroup(group, state.group)) return
  answer(state, index, digest)
  if (!voterParticipants(state).some(({ incarnation }) => incarnation === from.incarnation)) return
  note(state, index, from.incarnation, digest)
  compare(state, index)
}

function say({ group, view, outputs }: State, index: Index, digest: number): void {
  if (group !== null && view !== null)
    outputs.push({ type: 'send', message: { type: 'digest', group, index, digest } })
}

/** Whoever says something else may have missed what was said here: at a merge, or before it had a group. */
function answer(state: State, index: Index, digest: number): void {
  const own = state.digests.get(index)?.get(state.self.incarnation)
  if (own === undefined || own === digest || state.digestsRepeated.has(index)) return
  state.digestsRepeated.add(index)
  say(state, index, own)
}

function note({ digests, digestsRepeated }: State, index: Index, sender: Incarnation, digest: number): void {
  const atIndex = digests.get(index) ?? new Map<Incarnation, number>()
  atIndex.set(sender, digest)
  digests.set(index, atIndex)
  if (digests.size <= keptIndexesMax) return
  const oldest = Math.min(...digests.keys())
  digests.delete(oldest)
  digestsRepeated.delete(oldest)
}

/** To be called when a group goes on: what was said of the state in a history that the operator has given up is void. */
export function forgetOtherHistory(state: State, group: GroupId): void {
  if (state.group !== null && !sameGroup(state.group, group)) forgetDigests(state)
}

export function forgetDigests({ digests, digestsRepeated }: State): void {
  digests.clear()
  digestsRepeated.clear()
}

/** Only a majority of the voters that say the same, and something else than this replica, is right. */
function compare(state: State, index: Index): void {
  const atIndex = state.digests.get(index)
  const own = atIndex?.get(state.self.incarnation)
  if (atIndex === undefined || own === undefined) return
  const said = voterParticipants(state).flatMap(({ incarnation }) => atIndex.get(incarnation) ?? [])
  const majority = said.find(
    (digest) => said.filter((other) => other === digest).length >= majorityOf(state.voters),
  )
  if (majority === undefined) return
  if (majority === own) state.agreedIndex = Math.max(state.agreedIndex, index)
  else diverge(state, index)
}

/** One process of a voter's node: neither its former life nor a learner beside it. */
function voterParticipants({ installed, epoch }: State): readonly Participant[] {
  const { participants } = installed?.install ?? epoch
  return participants.filter(({ role }) => role === 'voter')
}

function diverge(state: State, index: Index): void {
  const after = state.agreedIndex
  notify(state, { notice: 'diverged', after, index })
  const text = `The state of this replica at index ${index} is not that of a majority of the voters; at index ${after} no difference was known. The entry that made it lies between: look there for what is not deterministic in the machine.`
  stop(state, 'diverged', text)
}

// Which log goes on, of those that the promises show. Pure. Design: docs/protocol.md, "chooseLog".
//
// What was committed in an epoch had acks of enough of its voter participants. So a content that too few of them can
// have acked was not committed; the counts below take for every voter that is not here, or has lost its memory, that
// it has acked anything.

import type { Chain, Index, Participant } from '../../log/entry.ts'
import { compareBallots } from '../../wire/ballot.ts'
import { majorityOf, type VoterSet } from '../../wire/group.ts'
import type { EpochRecord, Position, PromiseMessage } from '../../wire/messages.ts'

/** A PROMISE of a voter, or of a learner, with the node that it came from. */
export interface Promised {
  readonly nodeid: number
  readonly promise: PromiseMessage
}

export type Choice =
  | { readonly choice: 'base'; readonly base: Position }
  /** More than one content at this index may be committed: the missing voters, or the operator, know. */
  | { readonly choice: 'ambiguous'; readonly index: Index }
  /** Two contents are certain at this index: the transport broke its promise. */
  | { readonly choice: 'broken-order'; readonly index: Index }

export const lastIndex = ({ commit, chains }: PromiseMessage): Index => commit + chains.length - 1

/** The chain that a PROMISE shows at `index`; `undefined`: it shows none. */
export const shownChain = ({ commit, chains }: PromiseMessage, index: Index): Chain | undefined =>
  chains[index - commit]

/** The highest epoch among those of voters that are not blank. */
export function highestEpoch(voters: readonly Promised[]): EpochRecord | undefined {
  let highest: EpochRecord | undefined
  for (const { promise } of voters) {
    if (promise.blank) continue
    if (highest === undefined || compareBallots(promise.epoch.ballot, highest.ballot) > 0)
      highest = promise.epoch
  }
  return highest
}

/** Whether the voter remembers all that it ever acknowledged. */
export function isIntact({ nodeid, promise }: Promised, highest: EpochRecord | undefined): boolean {
  if (!promise.blank) return true
  return (
    highest?.participants.some(
      (participant) => participant.nodeid === nodeid && participant.memory === promise.memory,
    ) ?? false
  )
}

/**
 * The end of the log that goes on. `voters`: the counted promises of voters, at least one of them intact and not
 * blank; `all`: these and the learners'.
 */
export function chooseLog(set: VoterSet, voters: readonly Promised[], all: readonly Promised[]): Choice {
  const epoch = highestEpoch(voters) as EpochRecord
  const candidates = voters
    .filter(
      (voter) => isIntact(voter, epoch) && compareBallots(voter.promise.epoch.ballot, epoch.ballot) === 0,
    )
    .map(({ promise }) => promise)
  const start = highestCommit(all)
  if (start === null)
    return { choice: 'broken-order', index: Math.max(...all.map(({ promise }) => promise.commit)) }
  const followers = candidates.filter((candidate) => agrees(candidate, start))
  if (followers.length === 0) return { choice: 'base', base: start }
  return climb(
    followers,
    start,
    uncounted(set, voters, epoch.participants),
    acksNeeded(set, epoch.participants),
  )
}

/** What is committed for sure: somebody who promised has it. `null`: two have, with different contents. */
function highestCommit(all: readonly Promised[]): Position | null {
  const index = Math.max(...all.map(({ promise }) => promise.commit))
  const chains = all.filter(({ promise }) => promise.commit === index).map(({ promise }) => promise.chains[0])
  return new Set(chains).size === 1 ? { index, chain: chains[0] as Chain } : null
}

const agrees = (promise: PromiseMessage, { index, chain }: Position): boolean =>
  shownChain(promise, index) === chain

/** How many acks a commit of that epoch needed. */
function acksNeeded(set: VoterSet, participants: readonly Participant[]): number {
  if (set.policy === 'majority') return majorityOf(set)
  return participants.filter(({ role }) => role === 'voter').length
}

/** Voter participants of the epoch whose acks nobody here remembers: they may have acked anything. */
function uncounted(set: VoterSet, voters: readonly Promised[], participants: readonly Participant[]): number {
  const remembered = (participant: Participant): boolean =>
    voters.some(
      ({ nodeid, promise }) => nodeid === participant.nodeid && promise.memory === participant.memory,
    )
  const count = participants.filter(
    (participant) => participant.role === 'voter' && !remembered(participant),
  ).length
  const everybodyIsHere = set.nodeids.every((nodeid) => voters.some((voter) => voter.nodeid === nodeid))
  return everybodyIsHere ? Math.min(count, set.nodeids.length - majorityOf(set)) : count
}

/** From `at` upwards while the logs agree; at a conflict by what may be committed; to the end of the longest. */
function climb(logs: readonly PromiseMessage[], at: Position, gone: number, needed: number): Choice {
  let followers = logs
  let base = at
  for (;;) {
    const index = base.index + 1
    const contents = contentsAt(followers, index)
    if (contents.size === 0) return { choice: 'base', base }
    const chosen = contents.size === 1 ? onlyKey(contents) : decide(contents, index, gone, needed)
    if (typeof chosen !== 'number') return chosen
    followers = contents.get(chosen) as PromiseMessage[]
    base = { index, chain: chosen }
  }
}

/** The logs that reach `index`, by what they hold there. */
function contentsAt(logs: readonly PromiseMessage[], index: Index): Map<Chain, PromiseMessage[]> {
  const contents = new Map<Chain, PromiseMessage[]>()
  for (const log of logs) {
    const chain = shownChain(log, index)
    if (chain === undefined) continue
    const same = contents.get(chain)
    if (same === undefined) contents.set(chain, [log])
    else same.push(log)
  }
  return contents
}

const onlyKey = (contents: ReadonlyMap<Chain, unknown>): Chain => contents.keys().next().value as Chain

/** At a conflict: the content that may be committed, any if none may, the certain one of several. */
function decide(
  contents: ReadonlyMap<Chain, readonly PromiseMessage[]>,
  index: Index,
  gone: number,
  needed: number,
): Chain | Choice {
  const all = [...contents]
  const possible = all.filter(
    ([, logs]) => logs.filter((log) => log.possible >= index).length + gone >= needed,
  )
  if (possible.length === 0) return longest(all)
  if (possible.length === 1) return (possible[0] as (typeof all)[0])[0]
  const certain = possible.filter(([, logs]) => logs.some((log) => log.certain >= index))
  if (certain.length === 1) return (certain[0] as (typeof all)[0])[0]
  return { choice: certain.length === 0 ? 'ambiguous' : 'broken-order', index }
}

/** Of the longest log; the lowest chain of several, so that the choice is the same whatever the order. */
function longest(contents: readonly (readonly [Chain, readonly PromiseMessage[]])[]): Chain {
  const ranked = contents.map(([chain, logs]) => ({ chain, last: Math.max(...logs.map(lastIndex)) }))
  ranked.sort((a, b) => b.last - a.last || a.chain - b.chain)
  return (ranked[0] as (typeof ranked)[0]).chain
}

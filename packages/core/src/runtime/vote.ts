// A voter's vote: taken before the join, given back when transport and storage are closed. Design: docs/protocol.md,
// R2.1.

import { QuorateError } from '../errors.ts'
import type { HeldVote, VoteName } from '../ports/vote.ts'
import { ReplicaEvents } from './replica-events.ts'
import type { CompleteOptions } from './replica-options.ts'
import { systemVoteLock } from './system-vote-lock.ts'

const noVote: HeldVote = { release: async () => {} }

/**
 * Fulfilled once this process is the one that may vote for the node, at once where it never will. With the voters of
 * the node list it may yet become one (R3.5).
 *
 * @throws {QuorateError} `Aborted`: the signal fired first
 */
export async function takeVote(options: CompleteOptions, nodeid: number): Promise<HeldVote> {
  const { role, voters, configuredNodes, group, transport, signal } = options
  if (role === 'learner') return noVote
  if (configuredNodes === null && !voters.nodeids.includes(nodeid)) return noVote
  const name = { group, nodeid }
  const { voteLock = systemVoteLock } = transport
  try {
    return await voteLock.take(name, { signal, waiting: (where) => tellWaiting(name, where) })
  } catch (cause) {
    throw signal?.aborted === true
      ? openingAborted(`while the vote of node ${nodeid} was held`, cause)
      : cause
  }
}

export function openingAborted(when: string, cause: unknown): QuorateError {
  return new QuorateError('Aborted', `openReplica: the signal fired ${when}; nothing is left open`, { cause })
}

/** There is no replica yet that could tell it; so it is a warning of the process, too. */
function tellWaiting(name: VoteName, lock: string): void {
  const { group, nodeid } = name
  new ReplicaEvents(name).tell('warning', { notice: 'vote-held', lock })
  process.emitWarning(
    `The replica of '${group}' on node ${nodeid} waits: another one, in this process or another, holds the vote of ` +
      `this node, by ${lock}. It opens when that one has ended. To have it sooner close the other, or end its process ` +
      "(`ss -xlp | grep quorate-vote` names it); to run both, open this one with role: 'learner'",
    { code: 'QUORATE_VOTE_HELD' },
  )
}

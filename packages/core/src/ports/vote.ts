// The port to a node's one vote. Design: docs/protocol.md, R2.1: two processes of a node that both voted would ack
// different logs, and a majority of acks would be no majority of memories.

/** Whose vote it is. */
export interface VoteName {
  readonly group: string
  readonly nodeid: number
}

/** A vote that this process holds. */
export interface HeldVote {
  /** Gives it back: for when nothing acts in its name any more. A second call does nothing. */
  release(): Promise<void>
}

/** How somebody waits for a vote. */
export interface VoteWait {
  /** Gives up. */
  readonly signal?: AbortSignal | undefined
  /** Called once, when another holds the vote. `where` names the lock, as who looks for its holder needs it. */
  waiting(where: string): void
}

/**
 * Votes, each with one holder at a time. What an implementation guarantees:
 *
 * 1. **Exclusive.** Two that hold the vote of one name at the same time do not exist, in one process or in several.
 * 2. **Bound to life.** A vote lasts until `release` or the end of its process, SIGKILL and power failure included, and
 *    no longer. A process that is stopped (SIGSTOP) or hangs keeps it: it may go on at any time.
 * 3. **Handed on.** Once it is free, one of those who wait gets it, within a second.
 */
export interface VoteLock {
  /**
   * Fulfilled once this process holds the vote.
   *
   * @throws {unknown} the reason of the signal
   * @throws {Error} the lock cannot be had at all
   */
  take(name: VoteName, wait: VoteWait): Promise<HeldVote>
}

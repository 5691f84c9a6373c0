// Votes of nodes that exist in this process only. First come, first served.

import type { HeldVote, VoteLock, VoteName, VoteWait } from '../ports/vote.ts'

/** Those who wait for one vote, in order. */
type Line = Set<() => void>

export class MemoryVoteLock implements VoteLock {
  /** A vote that nobody holds has no line. */
  readonly #lines = new Map<string, Line>()

  async take({ group, nodeid }: VoteName, { signal, waiting }: VoteWait): Promise<HeldVote> {
    signal?.throwIfAborted()
    const name = `node ${nodeid} in group '${group}'`
    const line = this.#lines.get(name)
    if (line === undefined) this.#lines.set(name, new Set())
    else {
      waiting(`the lock of a network in memory for ${name}`)
      await turn(line, signal)
    }
    return this.#held(name)
  }

  #held(name: string): HeldVote {
    let held = true
    return {
      release: async () => {
        if (held) this.#handOn(name)
        held = false
      },
    }
  }

  #handOn(name: string): void {
    const line = this.#lines.get(name) as Line
    const [next] = line
    if (next === undefined) this.#lines.delete(name)
    else {
      line.delete(next)
      next()
    }
  }
}

function turn(line: Line, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      line.delete(enter)
      reject(signal?.reason)
    }
    const enter = (): void => {
      signal?.removeEventListener('abort', giveUp)
      resolve()
    }
    line.add(enter)
    signal?.addEventListener('abort', giveUp, { once: true })
  })
}

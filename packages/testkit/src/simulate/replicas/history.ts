// What all replicas of a run have committed, said and done, and what of it must never be. The invariants of
// docs/protocol.md, section 13: 1 to 6. Each check returns nothing and throws `Violation`.

import { type Ballot, compareBallots, describeBallot, type Index, type Log } from '@quorate/core/simulation'

/** An invariant does not hold. */
export class Violation extends Error {}

interface Committed {
  readonly chain: number
  /** The lowest epoch in which it was first known to be committed. */
  readonly epoch: Ballot
}

interface Base {
  readonly ballot: Ballot
  readonly index: Index
  readonly chain: number
  /** Chains of the adopter's log, from `first` on. */
  readonly first: Index
  readonly chains: readonly number[]
}

export class History {
  /** By index - 1. */
  readonly #committed: Committed[] = []
  readonly #bases = new Map<string, Base>()
  readonly #digests = new Map<Index, number>()
  readonly #effects = new Map<string, Index>()

  /** The highest index that anybody has committed. */
  get committedIndex(): Index {
    return this.#committed.length
  }

  chainAt(index: Index): number | undefined {
    return this.#committed[index - 1]?.chain
  }

  /** Invariants 1 and 2. */
  commit(who: number, index: Index, chain: number, epoch: Ballot): void {
    const known = this.#committed[index - 1]
    if (known !== undefined) {
      if (known.chain !== chain) {
        throw new Violation(
          `1: node ${who} commits another content at ${index} in ${describeBallot(epoch)}, first committed in ${describeBallot(known.epoch)}`,
        )
      }
      return
    }
    if (index !== this.#committed.length + 1)
      throw new Violation(`1: node ${who} commits ${index} after ${this.#committed.length}`)
    this.#committed.push({ chain, epoch })
    for (const base of this.#bases.values()) {
      if (compareBallots(base.ballot, epoch) > 0 && !covers(base, index, chain)) {
        throw new Violation(
          `2: ${index}, committed in ${describeBallot(epoch)} at node ${who}, is not in the log of the higher epoch ${describeBallot(base.ballot)}`,
        )
      }
    }
  }

  /** Invariants 2 and 4: an epoch has one base, and what lower epochs have committed is in it. */
  adopt(who: number, ballot: Ballot, index: Index, log: Log): void {
    const key = `${ballot.number}.${ballot.nodeid}.${ballot.incarnation}`
    const chain = log.chainAt(index)
    const known = this.#bases.get(key)
    if (known !== undefined) {
      if (known.index !== index || (chain !== undefined && known.chain !== chain)) {
        throw new Violation(
          `4: two bases for the epoch ${describeBallot(ballot)}: ${known.index} and ${index}, at node ${who}`,
        )
      }
      return
    }
    if (chain === undefined) return
    for (let i = this.#committed.length; i > 0; i--) {
      const { epoch, chain: content } = this.#committed[i - 1] as Committed
      if (compareBallots(epoch, ballot) >= 0) continue
      if (index < i)
        throw new Violation(
          `2: node ${who} adopts ${describeBallot(ballot)} with base ${index}, below ${i} committed in ${describeBallot(epoch)}`,
        )
      const own = log.chainAt(i)
      if (own === undefined) break
      if (own !== content)
        throw new Violation(
          `2: node ${who} adopts ${describeBallot(ballot)}, whose log differs at ${i}, committed in ${describeBallot(epoch)}`,
        )
      break
    }
    const first = Math.max(this.#committed.length + 1, log.start + 1)
    const chains: number[] = []
    for (let i = first; i <= index; i++) chains.push(log.chainAt(i) as number)
    this.#bases.set(key, { ballot, index, chain, first, chains })
  }

  /** Invariant 3. */
  digest(who: number, index: Index, digest: number): void {
    const known = this.#digests.get(index)
    if (known === undefined) this.#digests.set(index, digest)
    else if (known !== digest) throw new Violation(`3: the state of node ${who} at ${index} differs`)
  }

  /** Invariant 5: a command has its effect at one index. */
  effect(who: number, command: string, index: Index): void {
    const known = this.#effects.get(command)
    if (known === undefined) this.#effects.set(command, index)
    else if (known !== index)
      throw new Violation(`5: the command ${command} is applied at ${known} and at ${index} (node ${who})`)
  }
}

function covers({ index: end, first, chains }: Base, index: Index, chain: number): boolean {
  if (end < index) return false
  return index < first || chains[index - first] === chain
}

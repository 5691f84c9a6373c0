// I1: for each index one committed content, ever, over all replicas and restarts.

import { type Ballot, type Chain, describeBallot, type Index } from '@quorate/core/simulation'
import { Violation } from '../violation.ts'

export interface Committed {
  readonly chain: Chain
  /** The lowest epoch in which it was known to be committed when that was first heard of. */
  readonly epoch: Ballot
}

export class OneContent {
  readonly #committed: Committed[] = []

  /** The highest index that anybody has committed. */
  get last(): Index {
    return this.#committed.length
  }

  /** Of an index up to `last`. */
  at(index: Index): Committed {
    return this.#committed[index - 1] as Committed
  }

  /** The same up to `index`, which is not above `last`. */
  upTo(index: Index): OneContent {
    const content = new OneContent()
    content.#committed.push(...this.#committed.slice(0, index))
    return content
  }

  /** Whether nobody had committed this index before. */
  commit(nodeid: number, index: Index, chain: Chain, epoch: Ballot): boolean {
    if (index <= this.last) {
      this.#compare(nodeid, index, chain, epoch)
      return false
    }
    if (index !== this.last + 1)
      throw new Violation('I1', `node ${nodeid} commits ${index}; the last was ${this.last}`)
    this.#committed.push({ chain, epoch })
    return true
  }

  #compare(nodeid: number, index: Index, chain: Chain, epoch: Ballot): void {
    const known = this.at(index)
    if (known.chain === chain) return
    throw new Violation(
      'I1',
      `node ${nodeid} commits another content at ${index} in ${describeBallot(epoch)} than was committed in ${describeBallot(known.epoch)}`,
    )
  }
}

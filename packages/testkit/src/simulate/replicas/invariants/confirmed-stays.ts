// I2: what a client saw confirmed is in the log of every later epoch. Looked at from both sides: when an epoch is
// adopted, and when something is found to have been committed in a lower one.

import {
  type Ballot,
  type Chain,
  compareBallots,
  describeBallot,
  type Index,
  type Log,
} from '@quorate/core/simulation'
import { Violation } from '../violation.ts'
import type { Committed, OneContent } from './one-content.ts'

interface Base {
  readonly ballot: Ballot
  readonly index: Index
  /** Chains of the adopter's log, from `first` on; what lies before was compared. */
  readonly first: Index
  readonly chains: readonly (Chain | undefined)[]
}

export class ConfirmedStays {
  readonly #content: OneContent
  readonly #bases: Base[] = []

  constructor(content: OneContent) {
    this.#content = content
  }

  /** For the first time. */
  committed(nodeid: number, index: Index, chain: Chain, epoch: Ballot): void {
    for (const base of this.#bases) {
      if (compareBallots(base.ballot, epoch) <= 0 || holds(base, index, chain)) continue
      throw new Violation(
        'I2',
        `${index}, committed in ${describeBallot(epoch)} at node ${nodeid}, is not in the log of the higher epoch ${describeBallot(base.ballot)}`,
      )
    }
  }

  /** `log` holds `base`, unless a snapshot has brought more. */
  adopted(nodeid: number, ballot: Ballot, base: Index, log: Log): void {
    if (log.chainAt(base) === undefined) return
    const last = this.#lastBelow(ballot)
    if (last > 0) compare(nodeid, ballot, base, log, last, this.#content.at(last))
    this.#remember(ballot, base, log)
  }

  /** The highest index that was committed in an epoch below `ballot`; 0: none. */
  #lastBelow(ballot: Ballot): Index {
    let index = this.#content.last
    while (index > 0 && compareBallots(this.#content.at(index).epoch, ballot) >= 0) index -= 1
    return index
  }

  #remember(ballot: Ballot, index: Index, log: Log): void {
    if (this.#bases.some((base) => compareBallots(base.ballot, ballot) === 0)) return
    const first = Math.max(this.#content.last, log.start) + 1
    const chains: (Chain | undefined)[] = []
    for (let each = first; each <= index; each++) chains.push(log.chainAt(each))
    this.#bases.push({ ballot, index, first, chains })
  }
}

function compare(
  nodeid: number,
  ballot: Ballot,
  base: Index,
  log: Log,
  last: Index,
  { chain, epoch }: Committed,
): void {
  const own = log.chainAt(last)
  const lacks = base < last
  if (!lacks && (own === undefined || own === chain)) return
  const what = lacks ? `ends at ${base}` : 'holds another content there'
  throw new Violation(
    'I2',
    `${last} was committed in ${describeBallot(epoch)}, but the log with which node ${nodeid} adopts ${describeBallot(ballot)} ${what}`,
  )
}

function holds({ index: end, first, chains }: Base, index: Index, chain: Chain): boolean {
  if (end < index) return false
  return index < first || chains[index - first] === chain
}

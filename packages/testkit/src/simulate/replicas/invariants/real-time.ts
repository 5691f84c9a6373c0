// I6: histories are linearizable. Where each operation concerns the one state and tells at which index it was ordered,
// no search is needed: each must be ordered behind all that were confirmed before it began.

import type { Index } from '@quorate/core/simulation'
import { Violation } from '../violation.ts'

/** Something was confirmed that was ordered behind all before it. */
interface Rise {
  readonly instant: number
  readonly index: Index
}

/** An operation that was confirmed; instants count the confirmations of a run. */
export interface Confirmation {
  readonly what: 'read' | 'write'
  /** A read is of the state there. */
  readonly index: Index
  readonly invokedAt: number
  readonly returnedAt: number
}

export class RealTime {
  /** Ascending in both. */
  readonly #rises: Rise[] = []

  /** The same, as far as it concerns what lies not above `index`. */
  upTo(index: Index): RealTime {
    const time = new RealTime()
    for (const { instant, index: each } of this.#rises) time.#rise(instant, Math.min(each, index))
    return time
  }

  confirm(nodeid: number, { what, index, invokedAt, returnedAt }: Confirmation): void {
    const after = this.#at(invokedAt)
    if (what === 'write' ? index <= after : index < after)
      throw new Violation(
        'I6',
        `a ${what} at node ${nodeid} was ordered at ${index}, although ${after} was confirmed before it began`,
      )
    this.#rise(returnedAt, index)
  }

  /** The highest index that had been confirmed to anybody. */
  #at(instant: number): Index {
    return this.#rises.findLast((rise) => rise.instant <= instant)?.index ?? 0
  }

  #rise(instant: number, index: Index): void {
    if (index > (this.#rises.at(-1)?.index ?? 0)) this.#rises.push({ instant, index })
  }
}

// I6: histories are linearizable. Where each operation concerns the one state and tells at which index it was ordered,
// no search is needed: each must be ordered behind all that were confirmed before it began.

import type { Index } from '@quorate/core/simulation'
import { Violation } from '../violation.ts'

export class RealTime {
  /** The highest index that was confirmed to anybody. */
  confirmed: Index = 0

  /** `after`: `confirmed` when it began. A read is of the state at `index`. */
  confirm(nodeid: number, what: 'read' | 'write', index: Index, after: Index): void {
    if (what === 'write' ? index <= after : index < after)
      throw new Violation(
        'I6',
        `a ${what} at node ${nodeid} was ordered at ${index}, although ${after} was confirmed before it began`,
      )
    this.confirmed = Math.max(this.confirmed, index)
  }
}

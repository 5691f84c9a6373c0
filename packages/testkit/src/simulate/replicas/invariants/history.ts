// One history of the group: what was committed, applied and answered in it. Without force there is one. A forced INSTALL
// begins another that shares a beginning with the one before, and I1 to I6 hold in each (docs/protocol.md, 13 and R5.31).

import type { Index } from '@quorate/core/simulation'
import { ConfirmedStays } from './confirmed-stays.ts'
import { Effects } from './effects.ts'
import { EqualState } from './equal-state.ts'
import { OneContent } from './one-content.ts'
import { RealTime } from './real-time.ts'

interface Parts {
  readonly content: OneContent
  readonly equalState: EqualState
  readonly effects: Effects
  readonly realTime: RealTime
}

export class History {
  /** I1. */
  readonly content: OneContent
  /** I2. */
  readonly confirmed: ConfirmedStays
  /** I3. */
  readonly equalState: EqualState
  /** I5. */
  readonly effects: Effects
  /** I6. */
  readonly realTime: RealTime

  constructor({ content, equalState, effects, realTime }: Parts) {
    this.content = content
    this.confirmed = new ConfirmedStays(content)
    this.equalState = equalState
    this.effects = effects
    this.realTime = realTime
  }

  static empty(): History {
    return new History({
      content: new OneContent(),
      equalState: new EqualState(),
      effects: new Effects(),
      realTime: new RealTime(),
    })
  }

  /** Another one that has the same beginning, up to `index`. */
  branchAt(index: Index): History {
    return new History({
      content: this.content.upTo(index),
      equalState: this.equalState.upTo(index),
      effects: this.effects.upTo(index),
      realTime: this.realTime.upTo(index),
    })
  }
}

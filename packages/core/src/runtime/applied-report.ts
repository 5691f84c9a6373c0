// What the engine has to hear of the machine's state after some entries.

import type { Incarnation } from '../identity.ts'
import type { EntryBody, Index } from '../log/entry.ts'
import type { CommandOutcome } from '../machine/outcome.ts'
import type { ReplicatedState } from '../machine/replicated-state.ts'
import { isDigestIndex } from '../protocol/digests.ts'
import type { AppliedInput, DigestInput } from '../protocol/input.ts'
import type { IncomingSnapshot } from './incoming-snapshot.ts'

export class AppliedReport {
  readonly outcomes: CommandOutcome[] = []
  readonly digests: DigestInput[] = []
  readonly #state: ReplicatedState
  readonly #own: Incarnation
  readonly #answered: number[] = []
  #passedOver = 0

  constructor(state: ReplicatedState, own: Incarnation) {
    this.#state = state
    this.#own = own
  }

  /** Returns what the machine emitted. */
  apply(index: Index, body: EntryBody): readonly unknown[] {
    const beforeMs = this.#state.timeMs
    const { outcomes, events } = this.#state.apply(index, body, this.#own)
    for (const outcome of outcomes) this.#note(outcome)
    if (isDigestIndex(index, body, beforeMs, this.#state.timeMs))
      this.digests.push({ type: 'digest', index, digest: this.#state.digest() })
    return events
  }

  /** The session table in a snapshot answers open commands. */
  restore(snapshot: IncomingSnapshot): void {
    snapshot.restoreInto(this.#state)
    for (const outcome of this.#state.storedOutcomes(this.#own)) this.#note(outcome)
  }

  input(): AppliedInput {
    const { index, openCommandsMax, timeMs, nextTimerMs, versions } = this.#state
    return {
      type: 'applied',
      index,
      session: this.#state.session(this.#own),
      answered: this.#answered,
      passedOver: this.#passedOver,
      openCommandsMax,
      timeMs,
      nextTimerMs,
      versions,
    }
  }

  #note(outcome: CommandOutcome): void {
    const { number, type } = outcome
    if (type === 'passed-over') this.#passedOver = lowest(this.#passedOver, number)
    else if (type !== 'expired') {
      this.#answered.push(number)
      this.outcomes.push(outcome)
    }
  }
}

/** 0: none. */
const lowest = (a: number, b: number): number => (a === 0 ? b : Math.min(a, b))

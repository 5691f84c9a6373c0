// The state machine: a reducer. The same commands in the same order give the same state everywhere, and only those:
// its commands do not commute.

import { createHash } from 'node:crypto'
import { produce } from 'immer'

/** Somebody multiplies the value, then adds to it: another order gives another value. */
export interface Calculate {
  readonly who: string
  readonly times: number
  readonly plus: number
}

export interface Calculator {
  readonly value: number
  /** Whose commands were applied, in order. */
  readonly order: readonly string[]
}

export const initial: Calculator = { value: 0, order: [] }

const modulus = 1_000_003

/** Applies one command; an immer draft in, the next state out. */
export const reduce: (state: Calculator, command: Calculate) => Calculator = produce(
  (draft: { value: number; order: string[] }, { who, times, plus }: Calculate) => {
    draft.value = (draft.value * times + plus) % modulus
    draft.order.push(who)
  },
)

/** The same for equal states. */
export function digest(state: Calculator): string {
  return createHash('sha256')
    .update(JSON.stringify([state.value, state.order]))
    .digest('hex')
    .slice(0, 12)
}

// A twin of the checker that is too simple to be wrong: all orders of all choices of the operations are tried.

import type { Model } from './model.ts'
import { isCompleted, latestEffectAt, type Operation } from './operation.ts'

export function isLinearizableByBruteForce<State, Input, Output>(
  history: readonly Operation<Input, Output>[],
  model: Model<State, Input, Output>,
): boolean {
  const fits = (left: readonly Operation<Input, Output>[], state: State): boolean =>
    left.every((operation) => !isCompleted(operation)) ||
    left.some((operation) => {
      const others = left.filter((other) => other !== operation)
      // Something else must have happened before this began.
      if (others.some((other) => latestEffectAt(other) < operation.invokedAt)) return false
      const step = model.step(state, operation.input, operation.output)
      return step.ok && fits(others, step.state)
    })
  return fits(history, model.initial)
}

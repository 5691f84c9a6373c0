// Holds operations whose order is known against a model: each once, and no search. Whether the order respects real time
// is not looked at here.

import { explainOrder, nameOfPart } from './explain.ts'
import type { Model } from './model.ts'
import type { Operation } from './operation.ts'

/** Enough to see where the state came from, and few enough to be read. */
const tailLength = 6

/** Why the model does not allow the first operation that it does not; `undefined`: it allows all. */
export function faultInOrder<State, Input, Output>(
  order: readonly Operation<Input, Output>[],
  model: Model<State, Input, Output>,
): string | undefined {
  const parts = new Map<string | number | undefined, Part<State, Input, Output>>()
  for (const operation of order) {
    const key = model.key?.(operation.input)
    const { state, tail } = parts.get(key) ?? { state: model.initial, tail: [] }
    const next = model.step(state, operation.input, operation.output)
    if (!next.ok) return explainOrder(nameOfPart(key), { tail, state, operation }, model)
    parts.set(key, { state: next.state, tail: [...tail, operation].slice(-tailLength) })
  }
  return undefined
}

/** Where one key's operations have led so far. */
interface Part<State, Input, Output> {
  readonly state: State
  readonly tail: readonly Operation<Input, Output>[]
}

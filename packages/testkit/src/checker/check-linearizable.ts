// Is a history linearizable? Each key is checked alone (linearizability is local: Herlihy and Wing 1990, theorem 1).

import { Budget, type Limits } from './budget.ts'
import { explainViolation, nameOfPart } from './explain.ts'
import type { Model } from './model.ts'
import { assertInstants, type Operation } from './operation.ts'
import { type LongestOrder, Search } from './search.ts'

/** What the check says. Only `ok` means that the history is linearizable. */
export type Linearizability<State, Input, Output> =
  | { readonly verdict: 'ok'; readonly steps: number }
  | Violation<State, Input, Output>
  | TooLarge

/** No order of one key's operations respects both real time and the model. */
export interface Violation<State, Input, Output> {
  readonly verdict: 'violation'
  /** Undefined where the model has no keys. */
  readonly key: string | number | undefined
  /** How far one gets, and what can then not be next. */
  readonly longest: LongestOrder<State, Input, Output>
  /** The same for people: a few lines with a timeline. */
  readonly explanation: string
  readonly steps: number
}

/** The limits were reached before one key was decided; no other key is violated as far as the limits reached. */
export interface TooLarge {
  readonly verdict: 'too-large'
  readonly key: string | number | undefined
  readonly explanation: string
  readonly steps: number
}

/**
 * Checks whether a history can be explained by operations that take effect one after the other, each at some moment
 * between its invocation and its return. Never says `ok` without having found such an order for every key.
 *
 * ```ts
 * import { checkLinearizable, registerModel } from '@quorate/testkit'
 *
 * const result = checkLinearizable(
 *   [{ client: 1, input: { type: 'read' }, output: 7, invokedAt: 0, returnedAt: 2 }],
 *   registerModel(7),
 * )
 * if (result.verdict !== 'ok') throw new Error(result.explanation)
 * ```
 *
 * @param history in any order; leave out operations that certainly did not take effect
 * @throws {RangeError} an operation's instants are not in order
 */
export function checkLinearizable<State, Input, Output>(
  history: readonly Operation<NoInfer<Input>, NoInfer<Output>>[],
  model: Model<State, Input, Output>,
  limits: Limits = {},
): Linearizability<State, Input, Output> {
  history.forEach(assertInstants)
  const budget = new Budget(limits)
  let tooLarge: TooLarge | undefined
  // The shortest first: what one key uses up is missing for those behind it.
  for (const [key, operations] of partsOf(history, model)) {
    const result = new Search(operations, model).run(budget)
    if (result.found === 'no-order') {
      const { longest } = result
      const explanation = explainViolation(nameOfPart(key), operations, longest, model)
      return { verdict: 'violation', key, longest, explanation, steps: budget.steps }
    }
    if (result.found === 'too-large') tooLarge ??= describeTooLarge(key, operations.length, budget)
  }
  return tooLarge ?? { verdict: 'ok', steps: budget.steps }
}

type Part<Input, Output> = [key: string | number | undefined, operations: readonly Operation<Input, Output>[]]

function partsOf<State, Input, Output>(
  history: readonly Operation<Input, Output>[],
  model: Model<State, Input, Output>,
): Part<Input, Output>[] {
  const parts = new Map<string | number | undefined, Operation<Input, Output>[]>()
  for (const operation of history) {
    const key = model.key?.(operation.input)
    const part = parts.get(key)
    if (part === undefined) parts.set(key, [operation])
    else part.push(operation)
  }
  return [...parts].sort(([, a], [, b]) => a.length - b.length)
}

function describeTooLarge(key: string | number | undefined, count: number, { steps }: Budget): TooLarge {
  const explanation =
    `${nameOfPart(key)}: its ${count} operations could not be decided within ${steps} steps. Raise stepsMax or timeMs, ` +
    'give the model a finer key, or record a history with fewer unknown outcomes and less overlap.'
  return { verdict: 'too-large', key, explanation, steps }
}

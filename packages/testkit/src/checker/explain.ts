// Says in words and with a small timeline why a history is not linearizable: how far one gets, and what is then in
// the way. The operations before and after that are left out: they would fit.

import { inspect } from 'node:util'
import type { Model } from './model.ts'
import { isCompleted, type Operation, unknownOutput } from './operation.ts'
import type { LongestOrder } from './search.ts'
import { drawTimeline } from './timeline.ts'

/** Candidates beyond these are only counted. */
const candidatesShownMax = 8

export function explainViolation<State, Input, Output>(
  name: string,
  operations: readonly Operation<Input, Output>[],
  longest: LongestOrder<State, Input, Output>,
  model: Model<State, Input, Output>,
): string {
  const { tail, state, completed } = longest
  const candidates = longest.candidates.slice(0, candidatesShownMax)
  const label = (operation: Operation<Input, Output>): string =>
    `  ${marker(tail, operation)} client ${operation.client}: ${describe(operation, model)}`
  const lines = drawTimeline(
    [...tail, ...candidates].map((operation) => ({ label: label(operation), operation })),
  )
  const total = operations.filter((operation) => isCompleted(operation)).length
  return [
    `${name}: no order of the operations explains their results.`,
    `${completed} of ${total} completed operations can be put in order${tail.length > 0 ? '; the last of them:' : '.'}`,
    ...lines.slice(0, tail.length),
    `The state is then ${show(state)}, and none of these can be next:`,
    ...lines.slice(tail.length),
    ...omitted(longest.candidates.length - candidates.length),
  ].join('\n')
}

/** An operation that came at a known place, behind `tail`, and what the state was there. */
export interface Misplaced<State, Input, Output> {
  readonly tail: readonly Operation<Input, Output>[]
  readonly state: State
  readonly operation: Operation<Input, Output>
}

/** The same where the order is known. */
export function explainOrder<State, Input, Output>(
  name: string,
  { tail, state, operation }: Misplaced<State, Input, Output>,
  model: Model<State, Input, Output>,
): string {
  const label = (each: Operation<Input, Output>): string =>
    `  ${marker(tail, each)} client ${each.client}: ${describe(each, model)}`
  const lines = drawTimeline([...tail, operation].map((each) => ({ label: label(each), operation: each })))
  return [
    `${name}: in the order in which they were applied, the model does not explain the operations' results.`,
    ...(tail.length > 0 ? ['The last that it explains:', ...lines.slice(0, -1)] : []),
    `The state is then ${show(state)}, and this cannot be next:`,
    ...lines.slice(-1),
  ].join('\n')
}

/** How an explanation names the operations of one key. */
export function nameOfPart(key: string | number | undefined): string {
  return key === undefined ? 'The history' : `Key ${JSON.stringify(key)}`
}

function marker<Operations>(tail: readonly Operations[], operation: Operations): string {
  return tail.includes(operation) ? '✓' : '✗'
}

function omitted(count: number): string[] {
  return count > 0 ? [`  and ${count} more`] : []
}

function describe<State, Input, Output>(
  { input, output }: Operation<Input, Output>,
  model: Model<State, Input, Output>,
): string {
  if (model.describe !== undefined) return model.describe(input, output)
  return `${show(input)} → ${output === unknownOutput ? 'unknown' : show(output)}`
}

function show(value: unknown): string {
  return inspect(value, {
    breakLength: Number.POSITIVE_INFINITY,
    depth: 4,
    maxArrayLength: 20,
    maxStringLength: 80,
  })
}

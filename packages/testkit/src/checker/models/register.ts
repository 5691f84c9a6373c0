// A register: one value that is read, written, and set if it is what one believes it to be.

import { inspect, isDeepStrictEqual } from 'node:util'
import type { Model } from '../model.ts'
import { unknownOutput } from '../operation.ts'
import { type Keyed, keyOf } from './keyed.ts'

export type RegisterInput<Value> = Keyed &
  (
    | { readonly type: 'read' }
    | { readonly type: 'write'; readonly value: Value }
    /** Sets `value` if the register holds `expected`. */
    | { readonly type: 'compare-and-set'; readonly expected: Value; readonly value: Value }
  )

/** `read`: the value. `write`: undefined. `compare-and-set`: whether it was set. */
export type RegisterOutput<Value> = Value | boolean | undefined

/** @param initial what the register holds before the first write */
export function registerModel<Value>(
  initial: Value,
): Model<Value, RegisterInput<Value>, RegisterOutput<Value>> {
  return {
    initial,
    key: keyOf,
    readOnly: ({ type }) => type === 'read',
    step(held, input, output) {
      const { result, value } = registerStep(held, input)
      return { ok: output === unknownOutput || isDeepStrictEqual(output, result), state: value }
    },
    describe: (input, output) =>
      `${describeInput(input)}${output === unknownOutput ? ' → unknown' : output === undefined ? '' : ` → ${inspect(output)}`}`,
  }
}

function registerStep<Value>(
  held: Value,
  input: RegisterInput<Value>,
): { result: RegisterOutput<Value>; value: Value } {
  if (input.type === 'read') return { result: held, value: held }
  if (input.type === 'write') return { result: undefined, value: input.value }
  const matches = isDeepStrictEqual(held, input.expected)
  return { result: matches, value: matches ? input.value : held }
}

function describeInput<Value>(input: RegisterInput<Value>): string {
  if (input.type === 'read') return 'read'
  if (input.type === 'write') return `write ${inspect(input.value)}`
  return `compare-and-set ${inspect(input.expected)} to ${inspect(input.value)}`
}

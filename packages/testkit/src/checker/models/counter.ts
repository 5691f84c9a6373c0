// A counter: a number that is added to and read.

import type { Model } from '../model.ts'
import { unknownOutput } from '../operation.ts'
import { type Keyed, keyOf } from './keyed.ts'

export type CounterInput = Keyed & ({ readonly type: 'read' } | { readonly type: 'add'; readonly by: number })

/** The output of both operations is the counter's value behind them. */
export function counterModel(initial = 0): Model<number, CounterInput, number> {
  return {
    initial,
    key: keyOf,
    readOnly: ({ type }) => type === 'read',
    step(value, input, output) {
      const after = input.type === 'add' ? value + input.by : value
      return { ok: output === unknownOutput || output === after, state: after }
    },
    equal: Object.is,
    hash: (value) => value,
    describe: (input, output) =>
      `${input.type === 'add' ? `add ${input.by}` : 'read'} → ${output === unknownOutput ? 'unknown' : output}`,
  }
}

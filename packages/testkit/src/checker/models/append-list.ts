// A list that is only appended to: each read shows the whole order of what was appended before it, so that few
// operations give much away.

import { inspect, isDeepStrictEqual } from 'node:util'
import type { Model } from '../model.ts'
import { unknownOutput } from '../operation.ts'
import { type Keyed, keyOf } from './keyed.ts'

export type AppendListInput<Value> = Keyed &
  ({ readonly type: 'read' } | { readonly type: 'append'; readonly value: Value })

/** `read`: the list. `append`: its length behind it. */
export type AppendListOutput<Value> = readonly Value[] | number

export function appendListModel<Value>(
  initial: readonly Value[] = [],
): Model<readonly Value[], AppendListInput<Value>, AppendListOutput<Value>> {
  return {
    initial,
    key: keyOf,
    readOnly: ({ type }) => type === 'read',
    step(list, input, output) {
      const after = input.type === 'append' ? [...list, input.value] : list
      const result = input.type === 'append' ? after.length : after
      return { ok: output === unknownOutput || isDeepStrictEqual(output, result), state: after }
    },
    describe: (input, output) =>
      `${input.type === 'append' ? `append ${inspect(input.value)}` : 'read'} → ${output === unknownOutput ? 'unknown' : inspect(output)}`,
  }
}

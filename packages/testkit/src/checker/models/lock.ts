// A lock with fencing tokens: each time it is taken its token is higher than ever before, so that what the lock
// protects can turn away a former holder that does not know it is one.

import type { Model, StepResult } from '../model.ts'
import { type UnknownOutput, unknownOutput } from '../operation.ts'
import { type Keyed, keyOf } from './keyed.ts'

export type LockInput = Keyed & {
  readonly type: 'acquire' | 'release'
  readonly owner: string | number
}

/**
 * `acquire`: the token, a whole number, or null if somebody, the owner included, holds the lock. `release`: whether
 * the owner held it.
 */
export type LockOutput = number | null | boolean

export interface LockState {
  readonly owner: string | number | null
  /** No token up to this one is given again. */
  readonly highestToken: number
}

export function lockModel(): Model<LockState, LockInput, LockOutput> {
  return {
    initial: { owner: null, highestToken: 0 },
    key: keyOf,
    step: (state, input, output) => (input.type === 'acquire' ? acquire : release)(state, input, output),
    equal: (a, b) => a.owner === b.owner && a.highestToken === b.highestToken,
    describe: ({ type, owner }, output) =>
      `${type} by ${owner} → ${output === unknownOutput ? 'unknown' : output}`,
  }
}

function acquire(
  state: LockState,
  { owner }: LockInput,
  output: LockOutput | UnknownOutput,
): StepResult<LockState> {
  if (state.owner !== null) return { ok: output === null || output === unknownOutput, state }
  // A token that nobody saw is a whole number above the last: the next one is higher by two at least.
  const token = output === unknownOutput ? state.highestToken + 1 : output
  const ok = typeof token === 'number' && token > state.highestToken
  return { ok, state: ok ? { owner, highestToken: token } : state }
}

function release(
  state: LockState,
  { owner }: LockInput,
  output: LockOutput | UnknownOutput,
): StepResult<LockState> {
  const held = state.owner === owner
  return { ok: output === unknownOutput || output === held, state: held ? { ...state, owner: null } : state }
}

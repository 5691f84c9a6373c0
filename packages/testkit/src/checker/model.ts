// The sequential specification that a history is held against.

import type { UnknownOutput } from './operation.ts'

/** What a step of a model says. */
export interface StepResult<State> {
  /** Whether the operation can have this output in this state. */
  readonly ok: boolean
  /** The state behind it; of no meaning when not ok. */
  readonly state: State
}

/** An object as it behaves when one operation comes after the other. */
export interface Model<State, Input, Output> {
  /** The state before the first operation; of each key, where there are keys. */
  readonly initial: State
  /**
   * Whether `input` can have led to `output` in `state`, and the state behind it. With `unknownOutput`: what the
   * operation does when it takes effect; where that is left to chance, a state that allows for all of it. Must be
   * pure: `state` is shared and must not be changed.
   */
  step(state: State, input: Input, output: Output | UnknownOutput): StepResult<State>
  /**
   * Names the part of the object that the operation is about. Parts must be independent of one another: then each is
   * checked alone, which is what makes long histories feasible. Without it everything is one part.
   */
  key?(input: Input): string | number
  /**
   * Whether the operation never changes any state. Without it the search still finds out, but needs far more steps
   * where many clients work on one key.
   */
  readOnly?(input: Input): boolean
  /** Whether two states are the same. Without it they are compared by content (`isDeepStrictEqual`). */
  equal?(a: State, b: State): boolean
  /** Equal states have equal hashes. Worth giving when many different states are met and `equal` is slow. */
  hash?(state: State): string | number
  /** One operation in few words, for the explanation. Without it input and output are inspected. */
  describe?(input: Input, output: Output | UnknownOutput): string
}

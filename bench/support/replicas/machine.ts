// What the replicas of the bench hold: a counter that is written, and ballast that makes the state large.

import { defineMachine } from '@quorate/core'

export interface Contents {
  readonly writes: number
  readonly last: string
  readonly ballast: readonly (readonly string[])[]
}

export const machine = defineMachine({
  name: 'bench',
  version: 1,
  initial: (): Contents => ({ writes: 0, last: '', ballast: [] }),
  reducers: {
    write(state, text: string) {
      state.writes += 1
      state.last = text
      return state.writes
    },
    /** More of what is only held. */
    fill(state, strings: string[]) {
      state.ballast.push(strings)
      return state.ballast.length
    },
  },
})

// What the replicas of the bench hold: a counter that is written, and ballast that makes the state large.

import { defineMachine } from '@quorate/core'

const kilobyte = 1024
const perMegabyte = 1024

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
    /** One megabyte more, as 1,024 strings that differ. */
    fill(state, _: undefined, ctx) {
      const fresh = Array.from({ length: perMegabyte }, (_, place) =>
        `${ctx.index}.${place}.`.padEnd(kilobyte, 'x'),
      )
      state.ballast.push(fresh)
      return state.ballast.length
    },
  },
})

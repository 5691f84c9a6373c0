// What the replicas of the benches hold: a counter that is written, ballast that makes the state large, and a table where
// that is asked for.

import { defineMachine, Table } from '@quorate/core'
import { keyOf, type Seat, seatOf } from '../seats.ts'

export interface Contents {
  readonly writes: number
  readonly last: string
  readonly ballast: readonly (readonly string[])[]
  readonly seats: Table<Seat> | null
}

/** Those that `from` and `count` name. */
export interface Places {
  readonly from: number
  readonly count: number
}

/** @param seats whether there is a table: each command of a state with one costs a little more */
export const machineOf = (seats: boolean) =>
  defineMachine({
    name: 'bench',
    version: 1,
    initial: (): Contents => ({
      ...{ writes: 0, last: '', ballast: [] },
      seats: seats ? new Table<Seat>() : null,
    }),
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
      /** So many entries of the table. */
      seat(state, { from, count }: Places) {
        for (let place = from; place < from + count; place++) state.seats?.set(keyOf(place), seatOf(place))
        return state.seats?.size ?? 0
      },
    },
  })

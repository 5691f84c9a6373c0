// A replicated state with one table, driven by entries as the log would have them, without replication around it.

import { type Incarnation, Table } from '@quorate/core'
import { defineMachine, type EntryBody, encodeCommand, ReplicatedState } from '@quorate/core/simulation'
import { keyOf, type Seat, seatOf } from '../support/seats.ts'

interface Span {
  readonly from: number
  readonly count: number
}

const machine = defineMachine({
  name: 'box-office',
  version: 1,
  initial: () => ({ seats: new Table<Seat>(), sold: 0 }),
  reducers: {
    sell(state, { place, seat }: { place: number; seat: Seat }) {
      state.seats.set(keyOf(place), seat)
      state.sold += 1
    },
    fill(state, { from, count }: Span) {
      for (let place = from; place < from + count; place++) state.seats.set(keyOf(place), seatOf(place))
    },
  },
})

const origin = 1 as Incarnation

export class BoxOffice {
  /** As in production: without the determinism guard. */
  readonly replica = new ReplicatedState(machine, { guard: false })
  #number = 1

  begin(): this {
    const member = { nodeid: 1, pid: 1, incarnation: origin }
    this.#apply({
      type: 'view',
      ballot: { number: 1, nodeid: 1, incarnation: origin },
      participants: [{ ...member, role: 'voter', memory: 1 as never }],
      members: [member],
      versions: { protocol: 1, machine: 1 },
      timeMs: 1,
    })
    return this
  }

  /** By one command of so many writes. */
  fill(from: number, count: number): void {
    this.#say([encodeCommand('fill', { from, count })])
  }

  /** By a command for each. */
  sell(from: number, count: number): void {
    const sold = Array.from({ length: count }, (_, at) => ({ place: from + at, seat: seatOf(from + at) }))
    this.#say(sold.map((input) => encodeCommand('sell', input)))
  }

  #say(spoken: readonly Uint8Array[]): void {
    const first = this.#number
    this.#number += spoken.length
    const numbers = { session: 1, first, count: spoken.length, lowest: first }
    this.#apply({ type: 'commands', origin, ...numbers, timeMs: 1, commands: Buffer.concat(spoken) })
  }

  #apply(body: EntryBody): void {
    this.replica.apply(this.replica.index + 1, body, origin)
  }
}

// A machine that sells seats from a table, and a replica of it that process 1 speaks to.

import { Rejection } from '../../errors.ts'
import type { EntryBody } from '../../log/entry.ts'
import type { Context } from '../context.ts'
import { defineMachine } from '../define-machine.ts'
import { commands, incarnation, process as member, type Spoken, view } from '../machine.test-support.ts'
import { type Applied, ReplicatedState } from '../replicated-state.ts'
import type { DraftState } from './draft-state.ts'
import { Table } from './table.ts'

export interface Seat {
  holder: string
  readonly tags: string[]
  at?: Date
}

export interface Box {
  readonly seats: Table<Seat>
  sold: number
  other?: unknown
  list: unknown[]
}

/** What the command `act` does; functions do not go through a log. */
export type Act = (state: DraftState<Box>, context: Context) => unknown
export const acts: Act[] = []

export const seat = (holder: string): Seat => ({ holder, tags: [] })

export const box = defineMachine({
  name: 'box',
  version: 1,
  initial: (): Box => ({ list: [], seats: new Table([['z9', seat('house')]]), sold: 0 }),
  reducers: {
    sell(state, input: { seat: string; holder: string }) {
      state.sold += 1
      state.seats.set(input.seat, seat(input.holder))
      if (input.holder === 'nobody') throw new Rejection('nobody')
      return state.seats.size
    },
    act: (state, place: number, context) => acts[place]?.(state, context),
  },
  onMembership(state, { joined }) {
    for (const { nodeid } of joined) state.seats.set(`node ${nodeid}`, seat('node'))
  },
})

export class BoxOffice {
  readonly replica: ReplicatedState<Box>
  #next = 1

  constructor(guard = true) {
    this.replica = new ReplicatedState<Box>(box, { guard })
    this.apply(view({ participants: [member(1)] }))
  }

  get seats(): Table<Seat> {
    return this.replica.state.seats
  }

  get keys(): string[] {
    return [...this.seats].map(([key]) => key)
  }

  apply(body: EntryBody): Applied {
    return this.replica.apply(this.replica.index + 1, body, incarnation(1))
  }

  say(...spoken: readonly Spoken[]): Applied {
    const applied = this.apply(commands(spoken, { first: this.#next, lowest: this.#next }))
    this.#next += spoken.length
    return applied
  }

  sell(...seats: readonly string[]): Applied {
    return this.say(...seats.map((name): Spoken => ['sell', { seat: name, holder: `of ${name}` }]))
  }

  /** One command that does each act in turn; its result. */
  act(...all: readonly Act[]): unknown {
    const place = acts.push((state, context) => all.map((act) => act(state, context)).at(-1)) - 1
    const [outcome] = this.say(['act', place]).outcomes
    return outcome?.type === 'result' ? outcome.result : outcome
  }
}

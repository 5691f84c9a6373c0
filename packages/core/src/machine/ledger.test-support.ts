// A machine with a command for everything that a command can do, and a replica of it that process 1 speaks to.

import { Rejection } from '../errors.ts'
import type { EntryBody } from '../log/entry.ts'
import type { Context } from './context.ts'
import { defineMachine } from './define-machine.ts'
import { commands, incarnation, process, type Spoken, view } from './machine.test-support.ts'
import { type Applied, ReplicatedState } from './replicated-state.ts'

export interface Item {
  n: number
}

export const frozenItem: Item = Object.freeze({ n: 0 })
/** The context of the last `keep`. */
export let kept: Context | null = null

export const machine = defineMachine({
  name: 'ledger',
  version: 1,
  initial: () => ({ total: 0, items: [] as Item[], seen: [] as unknown[] }),
  reducers: {
    add(state, by: number) {
      state.total += by
      return state.total
    },
    push(state, item: Item) {
      state.items.push(item)
      return state.items
    },
    raise(state, by: number) {
      for (const item of state.items) item.n += by
      return state.items[0]
    },
    pushFrozen(state) {
      state.items.push(frozenItem)
    },
    spoil(state, input: { code: string; by: number }, ctx) {
      state.total = -1
      for (const item of state.items) item.n = -1
      ctx.schedule('spoiled', 5000, 'add', 1000)
      ctx.cancel('later')
      ctx.emit('spoiled')
      throw new Rejection(input.code, 'spoiled it', { by: input.by })
    },
    draw(state, _, ctx) {
      const drawn = [ctx.random(), ctx.id()]
      state.seen.push(drawn)
      return drawn
    },
    look(state, _, ctx) {
      state.seen.push({ index: ctx.index, now: ctx.now, origin: ctx.origin?.incarnation ?? null })
    },
    later(_state, input: { key: string; at: number; by: number }, ctx) {
      ctx.schedule(input.key, input.at, 'add', input.by)
    },
    again(state, _, ctx) {
      state.total += 1
      ctx.schedule('again', ctx.now, 'again')
    },
    call(_state, input: { at: number; command: string }, ctx) {
      ctx.schedule('call', input.at, input.command)
    },
    stop(_state, key: string, ctx) {
      ctx.cancel(key)
    },
    tell(_state, event: unknown, ctx) {
      ctx.emit(event)
    },
    crash(state) {
      state.total = -1
      throw new TypeError('a bug')
    },
    keep(_state, _, ctx) {
      kept = ctx
    },
    wait() {
      return Promise.resolve(1)
    },
    echo(_state, input: unknown) {
      return input
    },
    give() {
      return { list: [() => 1] }
    },
  },
  onMembership(state, change, ctx) {
    const names = (of: readonly { nodeid: number }[]) => of.map(({ nodeid }) => nodeid)
    state.seen.push({ joined: names(change.joined), left: names(change.left), at: ctx.index })
    if (change.members.length === 5) throw new Rejection('crowd', 'too many')
  },
})

export const one = incarnation(1)

/** One replica, in which process 1 has a session. */
export class Stage {
  readonly replica = new ReplicatedState(machine)
  #next = 1

  constructor() {
    this.apply(view({ participants: [process(1), process(2)] }))
  }

  get total(): number {
    return this.replica.state.total
  }

  apply(body: EntryBody): Applied {
    return this.replica.apply(this.replica.index + 1, body, one)
  }

  /** Applies commands of process 1, numbered on. */
  say(...spoken: readonly Spoken[]): Applied {
    const first = this.#next
    this.#next += spoken.length
    return this.apply(commands(spoken, { first, timeMs: this.replica.timeMs }))
  }

  results(...spoken: readonly Spoken[]): unknown[] {
    return this.say(...spoken).outcomes.map((outcome) =>
      outcome.type === 'result' ? outcome.result : outcome.type,
    )
  }
}

// The machine of the protocol's own simulation: every feature of the replicated state, and results that show the order.

import { defineMachine, type Machine } from '@quorate/core/simulation'

export interface ProbeState {
  count: number
  /** Mixes all commands in their order. */
  mix: number
  timers: number
  joined: number
  left: number
}

/** What a write says: where it was ordered. */
export interface Ordered {
  readonly index: number
}

// biome-ignore lint/suspicious/noExplicitAny: the type of the commands is of no use here
export const probeMachine: Machine<ProbeState, any> = defineMachine({
  name: 'probe',
  version: 1,
  initial: (): ProbeState => ({ count: 0, mix: 0, timers: 0, joined: 0, left: 0 }),
  onMembership(state, { joined, left }) {
    state.joined += joined.length
    state.left += left.length
  },
  reducers: {
    write(state, id: string, context): Ordered {
      state.count += 1
      for (let i = 0; i < id.length; i++) state.mix = (Math.imul(state.mix, 31) + id.charCodeAt(i)) | 0
      context.emit(id)
      return { index: context.index }
    },
    later(state, id: string, context): Ordered {
      state.count += 1
      context.schedule(id, context.now + 50, 'fired', id)
      context.emit(id)
      return { index: context.index }
    },
    fired(state, id: string, context) {
      state.timers += 1
      context.emit(`timer ${id}`)
    },
  },
})

// A replicated counter that names can be registered at: commands, a rejection, an event, a timer.

import { defineMachine, Rejection } from '@quorate/core'

export interface Counter {
  readonly value: number
  /** Who holds the counter for now; nobody else adds meanwhile. */
  readonly holder: string | null
}

export const counter = defineMachine({
  name: 'counter',
  version: 1,
  initial: (): Counter => ({ value: 0, holder: null }),
  reducers: {
    add(state, input: { readonly who: string; readonly by: number }) {
      const { who, by } = input
      if (state.holder !== null && state.holder !== who)
        throw new Rejection('held', `${state.holder} holds the counter`, { holder: state.holder })
      state.value += by
      return state.value
    },
    /** Holds it for `milliseconds` of cluster time, on whichever replica that ends. */
    hold(state, input: { readonly who: string; readonly milliseconds: number }, ctx) {
      if (state.holder !== null) throw new Rejection('held', `${state.holder} holds the counter`)
      state.holder = input.who
      ctx.schedule('hold', ctx.now + input.milliseconds, 'release')
    },
    release(state, _, ctx) {
      ctx.emit({ released: state.holder })
      state.holder = null
      ctx.cancel('hold')
    },
  },
})

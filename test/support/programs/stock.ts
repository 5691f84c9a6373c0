// A machine of which a program is told by its file.

import { defineMachine, Table } from '@quorate/core'

export const stock = defineMachine({
  name: 'stock',
  version: 1,
  initial: () => ({ items: new Table<number>() }),
  reducers: {
    put(state, { name, count }: { readonly name: string; readonly count: number }) {
      state.items.set(name, count)
      return state.items.size
    },
  },
})

// Tickets, of which there are so many as the configuration says. A reducer reads that from the state and from nowhere
// else: it is the same on every replica at the same command.

import { defineMachine, Rejection } from '@quorate/core'
import { z } from 'zod'

/** What all replicas share. */
export const settings = z.object({ ticketsMax: z.number().int().min(0).default(3) })

export type Settings = z.infer<typeof settings>

export interface Tickets {
  readonly config: Settings
  readonly sold: readonly string[]
}

export const tickets = defineMachine({
  name: 'tickets',
  version: 1,
  // Before the first leader has brought its configuration.
  initial: (): Tickets => ({ config: { ticketsMax: 3 }, sold: [] }),
  reducers: {
    configure(state, config: Settings, ctx) {
      state.config = config
      ctx.emit({ configured: config })
    },
    buy(state, who: string) {
      const { ticketsMax } = state.config
      if (state.sold.length >= ticketsMax)
        throw new Rejection('sold-out', `All ${ticketsMax} tickets are sold`)
      state.sold.push(who)
      return state.sold.length
    },
  },
})

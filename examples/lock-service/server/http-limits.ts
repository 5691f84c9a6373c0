// The bounds of one node's HTTP interface: its own affair, unlike those of the machine. They may change while it runs.

import { z } from 'zod'

/** A request's body, bytes. */
export const bodyBytesMax = 64 * 1024

/** The longest that an answer is held back, milliseconds. */
export const holdMsMax = 60_000

const count = (value: number) => z.number().int().min(1).default(value)

export const httpLimits = z.object({
  /** A request that needs the group fails after as long, milliseconds. */
  deadlineMs: z.number().int().min(50).default(2_000),
  /** Requests of one client that are held open. */
  pollsPerClientMax: count(10_000),
  /** Streams of events of one client. */
  streamsPerClientMax: count(100),
})

export type HttpLimits = Readonly<z.infer<typeof httpLimits>>

export const defaultHttpLimits: HttpLimits = httpLimits.parse({})

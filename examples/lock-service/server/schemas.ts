// What clients send, as the OpenAPI document says it. The machine looks at names and bounds itself.

import { z } from 'zod'
import { idLengthMax, nameLengthMax, valueLengthMax } from '../machine/names.ts'

export const name = z.string().min(1).max(nameLengthMax)
export const id = z.string().min(1).max(idLengthMax)
const value = z.string().max(valueLengthMax).nullable()
const milliseconds = z.number().int().min(0)

/** How long the answer may be held back while nothing has changed, milliseconds. */
export const hold = z.object({ holdMs: z.coerce.number().int().min(0).max(60_000).default(0) })

/** Whether the answer may be what this node had last, however old. */
export const stale = z.object({ stale: z.stringbool().default(false) })

export const sessionPath = z.object({ session: id })
export const requestPath = z.object({ session: id, id })
export const lockPath = z.object({ lock: name })

export const want = z.discriminatedUnion('mode', [
  z.object({ mode: z.enum(['exclusive', 'shared']), lock: name }),
  z.object({
    mode: z.literal('permits'),
    lock: name,
    count: z.number().int().min(1),
    of: z.number().int().min(1),
  }),
])

export const sessionBody = z.object({
  /** Chosen by the client, so that a request that is sent again opens no second one; else drawn. */
  id: id.optional(),
  ttlMs: milliseconds.default(10_000),
  lockDelayMs: milliseconds.default(0),
})

export const requestBody = z.object({
  id,
  owner: z.string().max(idLengthMax).default(''),
  wants: z.array(want).min(1),
  /** How long it stays in the queue; 0: not at all, null: for as long as the session lives. */
  waitMs: milliseconds.nullable().default(null),
  reentrant: z.boolean().default(false),
  detectDeadlock: z.boolean().default(true),
  value: value.default(null),
})

export const valueBody = z.object({ value })
export const namedValueBody = z.object({ session: id, id, value })
export const arrivalBody = z.object({ session: id, id, parties: z.number().int().min(1) })
export const countdownBody = z.object({ count: z.number().int().min(1) })
export const partyBody = z.object({ party: id })
export const pausedBody = z.object({ paused: z.boolean() })
export const drainingBody = z.object({ draining: z.boolean() })

/** A part of a list. */
export const page = stale.extend({
  prefix: z.string().max(nameLengthMax).default(''),
  /** The last name that was seen. */
  after: z.string().max(nameLengthMax).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})

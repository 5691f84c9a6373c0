// What clients send, as the OpenAPI document says it. The machine looks at names and bounds itself.

import { z } from 'zod'
import { idLengthMax, nameLengthMax, valueLengthMax } from '../machine/names.ts'
import { separator } from '../machine/state.ts'
import { holdMsMax } from './http-limits.ts'

const text = (lengthMax: number) =>
  z
    .string()
    .min(1)
    .max(lengthMax)
    .refine((given) => !given.includes(separator), 'It has a NUL')

export const lockName = text(nameLengthMax)
/** Of a session, with its client. */
export const session = text(idLengthMax)
export const id = text(idLengthMax)
const value = z.string().max(valueLengthMax).nullable()
const milliseconds = z.number().int().min(0)

/** How long the answer may be held back while there is nothing to say, milliseconds. */
export const hold = z.object({ holdMs: z.coerce.number().int().min(0).max(holdMsMax).default(0) })

/** Whether the answer may be what this node had last, however old. */
export const stale = z.object({ stale: z.stringbool().default(false) })

export const sessionPath = z.object({ session })
export const requestPath = z.object({ session, id })
export const lockPath = z.object({ lock: lockName })
export const namedValuePath = lockPath.extend({ name: text(idLengthMax) })
export const barrierPath = z.object({ barrier: lockName })
export const arrivalPath = barrierPath.extend({ session, id })
export const countdownPath = z.object({ countdown: lockName })
export const nodePath = z.object({ nodeid: z.coerce.number().int().min(1) })

/** `decided`: until it waits no more; `lost`: until it is granted no more. */
export const requestQuery = hold.extend({ until: z.enum(['decided', 'lost']).default('decided') })
/** `seen`: the tag of the lock as the client knows it; without it, any change from now on. */
export const changesQuery = hold.extend({ seen: z.string().optional() })
export const tokenQuery = z.object({ token: z.coerce.number().int() })

export const want = z.discriminatedUnion('mode', [
  z.object({ mode: z.enum(['exclusive', 'shared']), lock: lockName }),
  z.object({
    mode: z.literal('permits'),
    lock: lockName,
    count: z.number().int().min(1),
    of: z.number().int().min(1),
  }),
])

export const sessionBody = z.object({
  /** Chosen by the client, so that a request that is sent again opens no second one; else drawn. */
  id: text(60).optional(),
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
export const namedValueBody = z.object({ session, id, value })
export const arrivalBody = z.object({ session, id, parties: z.number().int().min(1) })
export const countdownBody = z.object({ count: z.number().int().min(1) })
export const partyBody = z.object({ party: id })
export const forceReleaseBody = z.object({ lock: lockName })
export const pausedBody = z.object({ paused: z.boolean() })
export const drainingBody = z.object({ draining: z.boolean() })

const limit = z.coerce.number().int().min(1).max(1_000).default(100)

/** A part of a list, in the order of names. */
export const page = stale.extend({
  prefix: z.string().max(nameLengthMax).default(''),
  /** The last name that was seen. */
  after: z.string().max(nameLengthMax).optional(),
  limit,
})

/** A part of the audit. */
export const auditPage = stale.extend({
  /** The last number that was seen. */
  after: z.coerce.number().int().min(0).default(0),
  limit,
})

/** Of one kind: what is said of locks with a prefix, or to a session. */
export const eventsQuery = z
  .object({ lock: z.string().max(nameLengthMax).optional(), session: session.optional() })
  .refine(({ lock, session: of }) => (lock === undefined) !== (of === undefined), 'Give lock or session')

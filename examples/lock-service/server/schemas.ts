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

export const hold = z.object({
  holdMs: z.coerce
    .number()
    .int()
    .min(0)
    .max(holdMsMax)
    .default(0)
    .describe('How long the answer may be held back while there is nothing to say'),
})

export const stale = z.object({
  stale: z
    .stringbool()
    .default(false)
    .describe('true: the answer may be what this node had last, however old'),
})

export const sessionPath = z.object({ session })
export const requestPath = z.object({ session, id })
export const lockPath = z.object({ lock: lockName })
export const namedValuePath = lockPath.extend({ name: text(idLengthMax) })
export const barrierPath = z.object({ barrier: lockName })
export const arrivalPath = barrierPath.extend({ session, id })
export const countdownPath = z.object({ countdown: lockName })
export const nodePath = z.object({ nodeid: z.coerce.number().int().min(1) })

export const requestQuery = hold.extend({
  until: z
    .enum(['decided', 'lost'])
    .default('decided')
    .describe('decided: until it waits no more; lost: until it is granted no more'),
})
export const changesQuery = hold.extend({
  seen: z
    .string()
    .optional()
    .describe('The tag of the lock as it is known; without it any change from now on counts'),
})
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
  id: text(60).optional().describe('The same again is the same session; else one is drawn'),
  ttlMs: milliseconds.default(10_000).describe('How long it lives unless it is kept alive'),
  lockDelayMs: milliseconds.default(0).describe('How long nobody gets what it loses by expiring'),
})

export const requestBody = z.object({
  id,
  owner: z.string().max(idLengthMax).default('').describe('For whom within the session'),
  wants: z.array(want).min(1),
  waitMs: milliseconds
    .nullable()
    .default(null)
    .describe('How long it stays in the queue; 0: not at all, null: as long as the session lives'),
  reentrant: z.boolean().default(false).describe('What the owner has already is granted once more'),
  detectDeadlock: z.boolean().default(true).describe('Refused, if it would close a cycle of waits'),
  value: value.default(null).describe('What others see of the holder'),
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
  after: z.string().max(nameLengthMax).optional().describe('The last name that was seen'),
  limit,
})

/** A part of the audit. */
export const auditPage = stale.extend({
  after: z.coerce.number().int().min(0).default(0).describe('The last number that was seen'),
  limit,
})

/** Of one kind: what is said of locks with a prefix, or to a session. */
export const eventsQuery = z
  .object({ lock: z.string().max(nameLengthMax).optional(), session: session.optional() })
  .refine(({ lock, session: of }) => (lock === undefined) !== (of === undefined), 'Give lock or session')

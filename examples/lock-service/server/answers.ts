// What is answered, as the OpenAPI document says it.

import { z } from 'zod'
import { config } from '../machine/config.ts'
import { want } from './schemas.ts'

export const failure = z.object({ error: z.looseObject({ code: z.string(), message: z.string() }) })

export const nothing = z.undefined().describe('Done')

/** Cluster time, milliseconds since 1970. */
const atMs = z.number()
const tokens = z.record(z.string(), z.number())

export const lease = z.object({ ttlMs: z.number(), expiresAtMs: atMs })
export const openedSession = lease.extend({ session: z.string() })

const granted = z.object({ status: z.literal('granted'), tokens })
/** So many are before it, at most. */
const waiting = z.object({ status: z.literal('waiting'), ahead: z.number() })
/** It waits no more, and holds nothing. */
const none = z.object({ status: z.literal('none') })

export const requestStatus = z.discriminatedUnion('status', [granted, waiting, none])
export const grantedStatus = granted
export const waitingStatus = waiting
export const noneOrFailure = z.union([none, failure])

export const released = z.object({ released: z.boolean() })

export const sessionInfo = z.object({
  session: z.string(),
  client: z.string(),
  ...lease.shape,
  lockDelayMs: z.number(),
  /** Waiting and granted. */
  requests: z.number(),
})
export type SessionInfo = z.infer<typeof sessionInfo>

export const sessionDetails = sessionInfo.extend({
  requestList: z.array(
    z.object({
      id: z.string(),
      owner: z.string(),
      wants: z.array(want),
      value: z.string().nullable(),
      /** `null`: it waits. */
      tokens: tokens.nullable(),
    }),
  ),
})
export type SessionDetails = z.infer<typeof sessionDetails>

const lockRequest = z.object({
  session: z.string(),
  id: z.string(),
  owner: z.string(),
  mode: z.enum(['exclusive', 'shared', 'permits']),
  /** Permits of a semaphore; else 1. */
  count: z.number(),
  value: z.string().nullable(),
  /** Of this lock; `null`: it waits. */
  token: z.number().nullable(),
})
export type LockRequest = z.infer<typeof lockRequest>

export const lockInfo = z.object({
  lock: z.string(),
  /** Of a semaphore; 0: it is none. */
  permits: z.number(),
  /** Permits in use; 1 for one who holds a lock exclusively. */
  used: z.number(),
  sharers: z.number(),
  waiting: z.number(),
  /** Nobody gets it before; 0: no such time. */
  delayedUntilMs: atMs,
  values: z.record(z.string(), z.string()),
  /** The first ones, in their order. */
  holders: z.array(lockRequest),
  /** The first ones, in their order. */
  waiters: z.array(lockRequest),
})
export type LockInfo = z.infer<typeof lockInfo>

/** The tag is another when anything of the lock is. */
export const taggedLock = lockInfo.extend({ tag: z.string() })
export type TaggedLock = z.infer<typeof taggedLock>

export const changedLock = taggedLock.extend({ changed: z.boolean() })
export const validity = z.object({ valid: z.boolean() })

/** The last name, to go on behind; `null`: that was all. */
const after = z.string().nullable()
export const lockList = z.object({ locks: z.array(lockInfo), after })
export const sessionList = z.object({ sessions: z.array(sessionInfo), after })

export const arrivalStatus = z.object({ isOpen: z.boolean() })
export const countdownLeft = z.object({ left: z.number() })

export const forced = z.object({ requests: z.number() })
export const audit = z.object({
  records: z.array(
    z.object({
      number: z.number(),
      atMs,
      by: z.string(),
      action: z.string(),
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
  ),
  after: z.number().nullable(),
})

/** What all nodes share. */
export const groupConfig = z.object({ config, paused: z.boolean(), draining: z.array(z.number()) })

export const healthy = z.object({ healthy: z.literal(true) })
export const ready = z.object({ ready: z.literal(true) })

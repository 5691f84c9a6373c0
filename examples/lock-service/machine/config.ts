// The bounds of the service. They are replicated: a reducer reads them from the state and from nowhere else.

import { z } from 'zod'

const count = (value: number, most: number = Number.MAX_SAFE_INTEGER) =>
  z.number().int().min(1).max(most).default(value)
const milliseconds = (value: number) => z.number().int().min(100).default(value)

/** Each of these may have a timer; more timers than the machine's limit would stop every replica. */
const timersOf = { sessions: 500_000, waiters: 500_000, locks: 1_000_000 }

export const timersMax = timersOf.sessions + timersOf.waiters + timersOf.locks

export const config = z
  .object({
    /** Shorter ones are made as long, milliseconds. */
    ttlMinMs: milliseconds(2_000),
    ttlMaxMs: milliseconds(300_000),
    lockDelayMaxMs: milliseconds(60_000),
    sessionsMax: count(50_000, timersOf.sessions),
    sessionsPerClientMax: count(1_000),
    /** Of one session, waiting and granted. */
    requestsPerSessionMax: count(1_000),
    waitersPerLockMax: count(1_000),
    /** Of all locks. */
    waitersMax: count(100_000, timersOf.waiters),
    /** Held, waited for, delayed, or with values. */
    locksMax: count(1_000_000, timersOf.locks),
    /** Kept of what operators did. */
    auditMax: count(10_000),
  })
  .refine(({ ttlMinMs, ttlMaxMs }) => ttlMinMs <= ttlMaxMs, { message: 'ttlMinMs is above ttlMaxMs' })

export type Config = Readonly<z.infer<typeof config>>

export const defaultConfig: Config = config.parse({})

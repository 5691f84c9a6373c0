// The bounds of one replica: limits and timeouts, completed, and refused with what to change. The same checks hold at
// opening and while it runs.

import { inspect } from 'node:util'
import { QuorateError } from '../errors.ts'
import { unknownName } from '../known-names.ts'
import type { Machine } from '../machine/machine.ts'
import { defaultLimits, defaultTimeouts, type Limits, type Timeouts } from '../protocol/options.ts'

/** Bounds of memory, of one replica. */
export interface ReplicaLimits extends Limits {
  /** Own commands that are submitted and not committed, and, apart from them, reads that are not answered. */
  readonly openCommandsMax: number
  /** Bytes of these commands, encoded. One command may be larger. */
  readonly openBytesMax: number
  /** What a reader of `events()` may leave unread. */
  readonly unreadEventsMax: number
}

/** Milliseconds. */
export interface ReplicaTimeouts extends Timeouts {
  /** How long a replica may be without a primary view before linearizable reads fail with `NoQuorum`. */
  readonly noQuorumMs: number
}

/** All bounds of a replica. */
export interface ReplicaBounds {
  readonly limits: ReplicaLimits
  readonly timeouts: ReplicaTimeouts
}

export const defaultReplicaLimits: ReplicaLimits = {
  ...defaultLimits,
  openCommandsMax: 16_384,
  openBytesMax: 16 * 1024 * 1024,
  unreadEventsMax: 10_000,
}

export const defaultReplicaTimeouts: ReplicaTimeouts = { ...defaultTimeouts, noQuorumMs: 1000 }

/** Who asks, as its errors name it. */
export type BoundsCall = 'openReplica' | 'replica.tune'

/**
 * `current`, with what is given in its place.
 *
 * @param instead what stands where `undefined` is given
 * @throws {QuorateError} `BadOption`: what to change
 */
export function completeNumbers<T extends { readonly [Name in keyof T]: number }>(
  call: BoundsCall,
  what: keyof ReplicaBounds,
  current: T,
  given: { readonly [Name in keyof T]?: number | undefined } = {},
  instead: T = current,
): T {
  if (typeof given !== 'object' || given === null)
    bad(`${what} must be an object, and is ${inspect(given)}`, call)
  const fault = unknownName(Object.keys(given), Object.keys(current), `${what}.`)
  if (fault !== null) bad(fault, call)
  const complete = { ...current }
  for (const [name, value = instead[name as keyof T]] of Object.entries(given)) {
    if (!Number.isSafeInteger(value) || (value as number) < 1)
      bad(`${what}.${name} must be a whole number above 0, and is ${value}`, call)
    complete[name as keyof T] = value as T[keyof T]
  }
  return Object.freeze(complete)
}

/**
 * Whether the limits go together, with the machine, and with what all voters may have open.
 *
 * @throws {QuorateError} `BadOption`: what to change
 */
export function checkRoom(
  call: BoundsCall,
  limits: ReplicaLimits,
  machine: Machine,
  voters: readonly number[],
): void {
  const fault = machineFault(limits, machine) ?? roomFault(limits, voters)
  if (fault !== null) bad(fault, call)
}

function machineFault(limits: ReplicaLimits, machine: Machine): string | null {
  const { openCommandsMax } = machine.limits(machine.version)
  if (limits.openCommandsMax <= openCommandsMax) return null
  return (
    `limits.openCommandsMax is ${limits.openCommandsMax}, and the machine applies no command that is ` +
    `${openCommandsMax} above the lowest open one: lower it, or raise openCommandsMax in the machine's limits`
  )
}

const isSlow = 'a replica whose disk is slow would give up under a load that is allowed'

/** What all voters together may have open must fit. */
const rooms = [
  ['openBytesMax', 'heldBytesMax', 'a replica that joins could not hold them'],
  ['openBytesMax', 'backlogBytesMax', isSlow],
  ['uncommittedEntriesMax', 'backlogEntriesMax', isSlow],
] as const

function roomFault(limits: ReplicaLimits, { length: voters }: readonly number[]): string | null {
  for (const [ofOne, name, otherwise] of rooms) {
    const least = limits[ofOne] * voters
    if (limits[name] < least)
      return (
        `limits.${name} is ${limits[name]}, less than the ${least} that ${voters} voters may have open ` +
        `(${ofOne} each): ${otherwise}. Raise it`
      )
  }
  return null
}

export function bad(message: string, call: BoundsCall = 'openReplica'): never {
  throw new QuorateError('BadOption', `${call}: ${message}`)
}

// The bounds of a replica that runs: each may be changed, but for those that a transfer under way was begun with. A
// change is checked as a whole, and holds as a whole or not at all.

import { inspect } from 'node:util'
import { namesOf, unknownName } from '../known-names.ts'
import type { Machine } from '../machine/machine.ts'
import type { Limits, Timeouts } from '../protocol/options.ts'
import {
  bad,
  checkRoom,
  completeNumbers,
  type ReplicaBounds,
  type ReplicaLimits,
  type ReplicaTimeouts,
} from './replica-bounds.ts'

/** A donor finds the part that is asked for by their length, and a joiner knows its answer by their number. */
const ofTransfers = ['chunkBytesMax', 'chunksInFlightMax'] as const

type Changes<T> = { readonly [Name in keyof T]?: number | undefined }

/** What `replica.tune` takes: what is not named stays, `undefined` is what the replica was opened with. */
export interface Tunables {
  readonly limits?: Changes<Omit<ReplicaLimits, (typeof ofTransfers)[number]>> | undefined
  readonly timeouts?: Changes<ReplicaTimeouts> | undefined
}

const call = 'replica.tune'
const tunableNames = namesOf<Tunables>({ limits: true, timeouts: true })

/** What an engine has of them. */
export interface EngineBounds {
  readonly limits: Limits
  readonly timeouts: Timeouts
}

export class Tuning {
  readonly #opened: ReplicaBounds
  #bounds: ReplicaBounds

  constructor(opened: ReplicaBounds) {
    this.#opened = opened
    this.#bounds = opened
  }

  get limits(): ReplicaLimits {
    return this.#bounds.limits
  }

  get timeouts(): ReplicaTimeouts {
    return this.#bounds.timeouts
  }

  /** @param messageBytesMax what one message of the transport holds */
  forEngine(messageBytesMax: number): EngineBounds {
    const { limits, timeouts } = this.#bounds
    const fitted = (bytes: number): number => Math.min(bytes, messageBytesMax)
    const [batchBytesMax, chunkBytesMax] = [fitted(limits.batchBytesMax), fitted(limits.chunkBytesMax)]
    return { limits: { ...limits, batchBytesMax, chunkBytesMax }, timeouts }
  }

  /**
   * Returns the names of those that are other than before, such as `limits.batchCommandsMax`.
   *
   * @throws {QuorateError} `BadOption`: what to change; nothing has changed
   */
  tune(changes: Tunables, machine: Machine, voters: readonly number[]): string[] {
    checkShape(changes)
    const before = this.#bounds
    const limits = completeNumbers(call, 'limits', before.limits, changes.limits, this.#opened.limits)
    const timeouts = completeNumbers(
      call,
      'timeouts',
      before.timeouts,
      changes.timeouts,
      this.#opened.timeouts,
    )
    checkFixed(before.limits, limits)
    checkRoom(call, limits, machine, voters)
    this.#bounds = { limits, timeouts }
    return [...changed('limits', before.limits, limits), ...changed('timeouts', before.timeouts, timeouts)]
  }
}

function checkShape(changes: Tunables): void {
  if (typeof changes !== 'object' || changes === null)
    bad(`it takes limits and timeouts, and is given ${inspect(changes)}`, call)
  const fault = unknownName(Object.keys(changes), tunableNames, 'bounds ')
  if (fault !== null) bad(fault, call)
}

function checkFixed(before: ReplicaLimits, now: ReplicaLimits): void {
  const fixed = ofTransfers.find((name) => now[name] !== before[name])
  if (fixed === undefined) return
  const why = 'transfers that are under way were begun with it'
  bad(`limits.${fixed} stays as long as a replica runs: ${why}. Give it to openReplica`, call)
}

function changed<T extends object>(what: keyof ReplicaBounds, before: T, now: T): string[] {
  const names = Object.keys(now) as (keyof T & string)[]
  return names.filter((name) => before[name] !== now[name]).map((name) => `${what}.${name}`)
}

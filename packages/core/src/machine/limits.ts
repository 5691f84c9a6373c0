// The numbers that the replicated state uses itself. They belong to the state: read from the machine's definition at
// the first VIEW entry and when its version is raised, and never from a node's configuration, or replicas would differ.

import { inspect } from 'node:util'
import { QuorateError } from '../errors.ts'
import { unknownName } from '../known-names.ts'

export interface MachineLimits {
  /** A session ends when its process is out of the view for longer than this, milliseconds of cluster time. */
  readonly sessionTimeoutMs: number
  /** When there are more sessions than this, those that are absent end, the longest absent first. */
  readonly sessionsMax: number
  /** A session's command is applied only when its number is less than this above the lowest that is open. */
  readonly openCommandsMax: number
  /** Timers that wait at a time; to schedule more is a bug of the machine. */
  readonly timersMax: number
}

/** What holds where a machine's definition says nothing else. */
export const defaultLimits: MachineLimits = {
  sessionTimeoutMs: 60_000,
  sessionsMax: 1_024,
  openCommandsMax: 65_536,
  timersMax: 100_000,
}

/** @throws {QuorateError} `BadOption` */
export function completeLimits(limits: Partial<MachineLimits>): MachineLimits {
  if (typeof limits !== 'object') bad(`limits(version) must give an object, and gives ${inspect(limits)}`)
  const fault = unknownName(Object.keys(limits), Object.keys(defaultLimits), 'limits.')
  if (fault !== null) bad(fault)
  const complete = { ...defaultLimits, ...limits }
  for (const [name, value] of Object.entries(complete))
    if (!Number.isSafeInteger(value) || value < 1)
      bad(`limits.${name} must be a whole number above 0, and is ${value}`)
  return complete
}

function bad(message: string): never {
  throw new QuorateError('BadOption', message)
}

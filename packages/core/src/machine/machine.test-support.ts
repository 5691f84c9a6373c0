// Entries as the log would have them, for the tests of this folder.

import { QuorateError } from '../errors.ts'
import type { Incarnation, MemoryId, Role } from '../identity.ts'
import type { CommandsBody, MarkerBody, Participant, TickBody, ViewBody } from '../log/entry.ts'
import { encodeCommand } from './command-batch.ts'

export function incarnation(number: number): Incarnation {
  return number as Incarnation
}

/** The process `life` of node `nodeid`. */
export function process(nodeid: number, life: number = nodeid, role: Role = 'voter'): Participant {
  return { nodeid, pid: 100 + life, incarnation: incarnation(life), role, memory: life as MemoryId }
}

export interface ViewParts {
  readonly participants: readonly Participant[]
  /** In the view beside the participants. */
  readonly bystanders?: readonly Participant[]
  readonly timeMs?: number
  readonly version?: number
}

export function view({ participants, bystanders = [], timeMs = 1000, version = 1 }: ViewParts): ViewBody {
  return {
    type: 'view',
    ballot: { number: 1, nodeid: 1, incarnation: incarnation(1) },
    participants,
    members: [...participants, ...bystanders].map(({ nodeid, pid, incarnation }) => ({
      nodeid,
      pid,
      incarnation,
    })),
    versions: { protocol: 1, machine: version },
    timeMs,
  }
}

/** A name and an input. */
export type Spoken = readonly [name: string, input?: unknown]

export interface CommandParts {
  readonly origin?: number
  readonly session?: number
  readonly first?: number
  readonly lowest?: number
  readonly timeMs?: number
}

/** By default of process 1, under a session that entry 1 opened, from number 1 on. */
export function commands(spoken: readonly Spoken[], parts: CommandParts = {}): CommandsBody {
  const { origin = 1, session = 1, first = 1, lowest = 1, timeMs = 1000 } = parts
  return {
    type: 'commands',
    origin: incarnation(origin),
    session,
    first,
    count: spoken.length,
    lowest,
    timeMs,
    commands: Buffer.concat(spoken.map(([name, input]) => encodeCommand(name, input))),
  }
}

export function tick(timeMs: number): TickBody {
  return { type: 'tick', timeMs }
}

export function marker(timeMs: number): MarkerBody {
  return { type: 'marker', origin: incarnation(1), number: 1, timeMs }
}

/** What `act` throws; it must be of our class. */
export function errorOf(act: () => unknown): QuorateError {
  try {
    act()
  } catch (error) {
    if (error instanceof QuorateError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

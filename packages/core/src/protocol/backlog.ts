// How much was handed to the storage and is not stored. Pure. Design: docs/protocol.md, "Order of disk and messages".

import type { Entry } from '../log/entry.ts'

export interface Backlog {
  readonly entries: number
  /** Of their payloads. */
  readonly bytes: number
}

export const noBacklog: Backlog = { entries: 0, bytes: 0 }

export function backlogOf(entries: readonly Entry[]): Backlog {
  return { entries: entries.length, bytes: entries.reduce((sum, { payload }) => sum + payload.length, 0) }
}

export function plus(a: Backlog, b: Backlog): Backlog {
  return { entries: a.entries + b.entries, bytes: a.bytes + b.bytes }
}

export function minus(a: Backlog, b: Backlog): Backlog {
  return { entries: a.entries - b.entries, bytes: a.bytes - b.bytes }
}

// Draws operations below one another, each with the time that it took. Instants are ranked: the picture shows what
// was before what, and not how long it lasted.

import { isCompleted, type Operation } from './operation.ts'

/** A row before its bar. */
export interface TimelineRow {
  readonly label: string
  readonly operation: Operation<unknown, unknown>
}

const columnsPerInstant = 3

/** One line per row: the label, padded, and `├──┤`, or `├──?` to the right edge where the outcome is unknown. */
export function drawTimeline(rows: readonly TimelineRow[]): string[] {
  const instants = rows.flatMap(({ operation }) => instantsOf(operation)).sort((a, b) => a - b)
  const columnOf = new Map([...new Set(instants)].map((instant, rank) => [instant, rank * columnsPerInstant]))
  const labelWidth = Math.max(...rows.map(({ label }) => label.length))
  return rows.map(({ label, operation }) => `${label.padEnd(labelWidth)}  ${bar(operation, columnOf)}`)
}

function instantsOf(operation: Operation<unknown, unknown>): number[] {
  return isCompleted(operation) ? [operation.invokedAt, operation.returnedAt] : [operation.invokedAt]
}

function bar(operation: Operation<unknown, unknown>, columnOf: ReadonlyMap<number, number>): string {
  const start = columnOf.get(operation.invokedAt) ?? 0
  if (!isCompleted(operation)) return openBar(start, columnOf.size * columnsPerInstant)
  const end = columnOf.get(operation.returnedAt) ?? start
  return `${' '.repeat(start)}${start === end ? '┼' : `├${'─'.repeat(end - start - 1)}┤`}`
}

function openBar(start: number, width: number): string {
  return `${' '.repeat(start)}├${'─'.repeat(width - start - 1)}?`
}

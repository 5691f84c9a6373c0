// The figures of a bench for people: one line per row, names to the left, numbers to the right.

import { type JudgedRow, reaches } from './goals.ts'

const headings = ['', 'value', 'unit', 'goal', '']

/** Four significant digits, and never an exponent. */
export function formatValue(value: number): string {
  const digits = Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value) || 1)))
  return value.toFixed(Math.min(digits, 6))
}

function cells(row: JudgedRow): string[] {
  const start = [row.name, formatValue(row.value), row.unit]
  if (row.goal === undefined) return [...start, '', '']
  const goal = `${row.better === 'higher' ? '≥' : '≤'} ${row.goal}`
  return [...start, goal, reaches(row, row.goal) ? 'ok' : 'MISSED']
}

/** An aligned table of `rows`, with their goals and whether they reach them. */
export function formatTable(rows: readonly JudgedRow[]): string {
  const lines = [headings, ...rows.map(cells)]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const pad = (text: string, column: number): string => {
    const width = widths[column] ?? 0
    return column === 1 ? text.padStart(width) : text.padEnd(width)
  }
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}

/** `node v20.20.2, kernel 6.1.0`: names and versions in a line. */
export function formatVersions(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .map((pair) => pair.join(' '))
    .join(', ')
}

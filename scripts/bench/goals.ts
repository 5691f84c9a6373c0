// What a bench is meant to reach: bench/goals.json, by bench and row.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'
import type { Row } from './bench.ts'

/** By the row's name: the least value, or the greatest where lower is better. */
export type Goals = Readonly<Record<string, number>>

/** A row and, where there is one, the goal for it. */
export interface JudgedRow extends Row {
  readonly goal?: number
}

/** The goals of a bench; none when bench/goals.json does not name it. */
export function readGoals(bench: string): Goals {
  const text = readFileSync(join(root, 'bench/goals.json'), 'utf8')
  return (JSON.parse(text) as Record<string, Goals>)[bench] ?? {}
}

/** Puts each goal to its row. */
export function withGoals(rows: readonly Row[], goals: Goals): JudgedRow[] {
  return rows.map((row) => {
    const goal = goals[row.name]
    return goal === undefined ? row : { ...row, goal }
  })
}

/** Whether a row reaches its goal; NaN never does. */
export function reaches({ value, better }: Row, goal: number): boolean {
  return better === 'higher' ? value >= goal : value <= goal
}

/** In whole sentences: each row that misses its goal, each goal that no row answers, each row measured twice. */
export function goalFaults(rows: readonly Row[], goals: Goals): string[] {
  const names = rows.map(({ name }) => name)
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  const misses = withGoals(rows, goals).flatMap(({ goal, ...row }) =>
    goal === undefined || reaches(row, goal)
      ? []
      : [
          `${row.name} is ${row.value} ${row.unit}; the goal is ${row.better === 'higher' ? '≥' : '≤'} ${goal}.`,
        ],
  )
  const unanswered = Object.keys(goals).filter((name) => !names.includes(name))
  return [
    ...misses,
    ...unanswered.map((name) => `${name} has a goal and was not measured.`),
    ...twice.map((name) => `${name} was measured twice.`),
  ]
}

// What a run prints: a line per step and per file, all of a failed one, and one last line that sums up.

import type { StepResult } from '../steps/step.ts'
import { interrupted } from './interrupt.ts'
import type { FileResult } from './run-file.ts'

/** Counts of tests; a step counts as one. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Of the files that took longest. */
const slowestMax = 12

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

function line(ok: boolean, name: string, counts: string, durationMs: number): string {
  return `${ok ? 'ok  ' : 'FAIL'}  ${seconds(durationMs).padStart(7)}  ${name}${counts && `  ${counts}`}`
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '    | ')
}

/** `5 passed, 0 failed`, and `, 1 skipped` when there are any. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  const skips = skipped > 0 ? `, ${skipped} skipped` : ''
  return `${passed} passed, ${failed} failed${skips}`
}

/** The counts of steps and files together. An interrupted run has failed, whatever passed before. */
export function countAll(steps: readonly StepResult[], files: readonly FileResult[], cut = false): Counts {
  const sum = (key: keyof Counts): number => files.reduce((total, file) => total + file[key], 0)
  const passedSteps = steps.filter((step) => step.ok).length
  return {
    passed: passedSteps + sum('passed'),
    failed: steps.length - passedSteps + sum('failed') + (cut ? 1 : 0),
    skipped: sum('skipped'),
  }
}

export function reportStep({ name, ok, output, durationMs }: StepResult): void {
  console.log(line(ok, name, '', durationMs))
  if (!ok) console.log(indented(output))
}

export function reportFile(result: FileResult): void {
  const ok = result.faults.length === 0
  console.log(line(ok, result.path, formatCounts(result), result.durationMs))
  for (const fault of result.faults) console.log(`    ${fault}`)
  if (!ok) console.log(indented(result.output))
}

export function reportWaiting(name: string, durationMs: number): void {
  console.log(`...   ${seconds(durationMs).padStart(7)}  ${name} is still running`)
}

/** The lines in which a file says why, such as `"transport" is skipped. There is no corosync.`. */
function skipReasons(output: string): string[] {
  return output.match(/^.* is skipped\. .*$/gm) ?? []
}

/** The files that took longest, longest first; none of a short run, which shows them all. */
export function slowest(files: readonly FileResult[]): readonly FileResult[] {
  if (files.length <= slowestMax) return []
  return [...files].sort((a, b) => b.durationMs - a.durationMs).slice(0, slowestMax)
}

/** Lists what took long, what was skipped and what failed, then sums up in the last line. */
export function reportEnd(steps: readonly StepResult[], files: readonly FileResult[]): Counts {
  const skips = files.filter(({ skipped }) => skipped > 0)
  const failures = [
    ...steps.filter(({ ok }) => !ok).map(({ name }) => name),
    ...files.filter(({ faults }) => faults.length > 0).map(({ path }) => path),
  ]
  if (interrupted.aborted) failures.push('everything that an interrupt kept from running')
  console.log()
  for (const { durationMs, path } of slowest(files)) console.log(`slow: ${seconds(durationMs)} in ${path}`)
  for (const { skipped, path, output } of skips) {
    console.log([`skipped: ${skipped} in ${path}`, ...skipReasons(output)].join('\n    '))
  }
  for (const name of failures) console.log(`failed: ${name}`)
  const counts = countAll(steps, files, interrupted.aborted)
  console.log(formatCounts(counts))
  return counts
}

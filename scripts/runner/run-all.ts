// Runs many test files: unit tests side by side, clusters one after the other, since their timing is part of what
// they test.

import type { TestFiles } from './collect.ts'
import { interrupted } from './interrupt.ts'
import { reportFile, reportWaiting } from './report.ts'
import { type FileResult, type RunFileOptions, runFile } from './run-file.ts'

const unitTestsAtOnce = 2
const waitingReportMs = 20_000

async function runReported(path: string, options: RunFileOptions): Promise<FileResult> {
  const startedAt = performance.now()
  const waiting = setInterval(() => reportWaiting(path, performance.now() - startedAt), waitingReportMs)
  try {
    const result = await runFile(path, options)
    reportFile(result)
    return result
  } finally {
    clearInterval(waiting)
  }
}

/** Runs each path through `run`, at most `atOnce` at a time, until the run is interrupted. */
async function runAtOnce<T>(paths: readonly string[], atOnce: number, run: (path: string) => Promise<T>) {
  const queue = [...paths]
  const results: T[] = []
  const worker = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      if (interrupted.aborted) return
      results.push(await run(path))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}

/** Runs and reports all of `files`. */
export async function runAll(files: TestFiles, options: RunFileOptions = {}): Promise<FileResult[]> {
  const run = (path: string): Promise<FileResult> => runReported(path, options)
  const unit = await runAtOnce(files.unit, unitTestsAtOnce, run)
  const cluster = await runAtOnce(files.cluster, 1, run)
  return [...unit, ...cluster]
}

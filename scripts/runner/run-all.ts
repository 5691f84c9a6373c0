// Runs many test files, two at a time. Of clusters there is one at a time, since their timing is part of what they
// test; the other files fill what it leaves of the processors, and yield to it.

import type { TestFiles } from './collect.ts'
import { interrupted } from './interrupt.ts'
import { reportFile, reportWaiting } from './report.ts'
import { type FileResult, type RunFileOptions, runFile } from './run-file.ts'

const waitingReportMs = 20_000
/** As of nice(1): a cluster has three times the share, and what wakes it seldom waits; no file starves. */
const yielding = 5

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

/** Runs and reports all of `files`. */
export async function runAll(files: TestFiles, options: RunFileOptions = {}): Promise<FileResult[]> {
  const results: FileResult[] = []
  const unit = [...files.unit]
  const runEach = async (queue: string[], own: RunFileOptions): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      if (interrupted.aborted) return
      results.push(await runReported(path, own))
    }
  }
  const runUnit = (): Promise<void> => runEach(unit, { ...options, niceness: yielding })
  await Promise.all([runEach([...files.cluster], options).then(runUnit), runUnit()])
  return results
}

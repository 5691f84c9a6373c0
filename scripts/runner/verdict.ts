// Whether a test file passed. uvu alone says yes to a throwing hook, a forgotten `run()` and a file without tests,
// and waits for ever on a hanging one; here only a file passes that proves it ran all it has and let go of all.

import { readSummaries, type Summary } from './summary.ts'

/** How the process of a test file ended. */
export interface Ending {
  /** stdout and stderr, as they came. */
  readonly output: string
  /** `'deadline'`, `'handles'`: it was killed, for taking too long or for living on after its summary. */
  readonly cause: 'itself' | 'deadline' | 'handles'
  /** The exit code, or the signal that ended it. */
  readonly status: number | NodeJS.Signals
  /** Command lines of the processes that it left running. */
  readonly leftovers: readonly string[]
}

export interface Verdict {
  /** Tests. `failed` is at least 1 when there is a fault. */
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** What is wrong, in whole sentences; empty when the file passed. */
  readonly faults: readonly string[]
}

function summaryFaults(summaries: readonly Summary[]): string[] {
  const [summary] = summaries
  if (summary === undefined) {
    return ['It printed no summary: it ended before its tests did, or nothing calls run().']
  }
  const faults: string[] = []
  if (summaries.length > 1) faults.push('It printed more than one summary: its suites ran in several rounds.')
  if (summary.total + summary.skipped === 0) faults.push('It ran no tests.')
  const missing = summary.total - summary.passed
  if (missing > 0) faults.push(`${missing} of ${summary.total} did not pass: a test or a hook failed.`)
  return faults
}

function endingFaults({ cause, status, leftovers }: Ending): string[] {
  const faults = leftovers.map((command) => `It left a process running: ${command}`)
  if (cause === 'deadline') faults.push('It overran its deadline and was killed.')
  else if (cause === 'handles') faults.push('It kept handles open: it did not exit after its summary.')
  else if (status !== 0) faults.push(`It ended with ${status}.`)
  return faults
}

/** Judges a test file by how it ended. */
export function judge(ending: Ending): Verdict {
  const summaries = readSummaries(ending.output)
  const faults = [...endingFaults(ending), ...summaryFaults(summaries)]
  const { total, passed, skipped } = summaries[0] ?? { total: 0, passed: 0, skipped: 0 }
  return { passed, failed: Math.max(total - passed, Math.min(faults.length, 1)), skipped, faults }
}

/** The verdict on a file that was not run because its source is at fault. */
export function refuse(faults: readonly string[]): Verdict {
  return { passed: 0, failed: 1, skipped: 0, faults }
}

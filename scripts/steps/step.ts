// A step is a check of the whole workspace that ends well or badly and says why.

import { interrupted } from '../runner/interrupt.ts'
import { reportStep, reportWaiting } from '../runner/report.ts'

export interface Step {
  readonly name: string
  /** Fulfilled when the check is passed; otherwise rejected with a message that shows what to mend. */
  readonly run: () => Promise<void>
}

export interface StepResult {
  readonly name: string
  readonly ok: boolean
  /** What is wrong; '' when nothing is. */
  readonly output: string
  readonly durationMs: number
}

const waitingReportMs = 20_000

/** What a check found: its message is shown as it is, without a stack. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure'
}

async function faultOf(step: Step): Promise<string | undefined> {
  try {
    await step.run()
    return undefined
  } catch (error) {
    return error instanceof StepFailure ? error.message : String((error as Error).stack ?? error)
  }
}

async function runStep(step: Step): Promise<StepResult> {
  const startedAt = performance.now()
  const elapsedMs = (): number => performance.now() - startedAt
  const waiting = setInterval(() => reportWaiting(step.name, elapsedMs()), waitingReportMs)
  const fault = await faultOf(step)
  clearInterval(waiting)
  return { name: step.name, ok: fault === undefined, output: fault ?? '', durationMs: elapsedMs() }
}

/** Runs one step after the other, also past a failed one, and reports each. Stops at an interrupt. */
export async function runSteps(steps: readonly Step[]): Promise<StepResult[]> {
  const results: StepResult[] = []
  for (const step of steps) {
    if (interrupted.aborted) break
    const result = await runStep(step)
    reportStep(result)
    results.push(result)
  }
  return results
}

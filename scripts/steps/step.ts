// A step is a check of the whole workspace that ends well or badly and says why.

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

async function faultOf(step: Step): Promise<string | undefined> {
  try {
    await step.run()
    return undefined
  } catch (error) {
    return error instanceof StepFailure ? error.message : String((error as Error).stack ?? error)
  }
}

/** What a check found: its message is shown as it is, without a stack. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure'
}

/** Runs one step after the other, all of them, and reports each. */
export async function runSteps(steps: readonly Step[]): Promise<StepResult[]> {
  const results: StepResult[] = []
  for (const step of steps) {
    const startedAt = performance.now()
    const elapsedMs = (): number => performance.now() - startedAt
    const waiting = setInterval(() => reportWaiting(step.name, elapsedMs()), waitingReportMs)
    const fault = await faultOf(step)
    clearInterval(waiting)
    const result = { name: step.name, ok: fault === undefined, output: fault ?? '', durationMs: elapsedMs() }
    reportStep(result)
    results.push(result)
  }
  return results
}

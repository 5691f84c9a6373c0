// Each rule switched off, one at a time: which seed notices, and by which invariant.

import { type SettingChoice, seededFaults } from '@quorate/testkit/simulation'
import type { SimulateArguments } from './arguments.ts'
import type { FaultResult, Job } from './jobs.ts'
import { shownByScenario } from './scenarios.ts'
import { runJobs } from './workers.ts'

/** All faults together, whatever the number of worker processes. */
const totalMs = 400_000

/** Prints a line for each fault as it is done; the exit code is 1 when nothing shows one of them. */
export async function playSeededFaults({ faults, jobs }: SimulateArguments): Promise<void> {
  const wanted = seededFaults.filter((fault) => faults.length === 0 || faults.includes(fault))
  const timeMs = (totalMs * jobs) / seededFaults.length
  let missed = 0
  await runJobs<FaultResult>(jobsOf(wanted, timeMs), jobs, (result) => {
    console.log(lineOf(result))
    if (result.found === null && shownByScenario[result.fault] === undefined) missed += 1
  })
  console.log(`\n${wanted.length} faults, ${missed} of them noticed by nothing`)
  process.exitCode = missed > 0 ? 1 : 0
}

function* jobsOf(faults: readonly string[], timeMs: number): Generator<Job> {
  for (const fault of faults) yield { type: 'fault', fault, choice: choiceFor(fault), timeMs }
}

/** A rule of one policy breaks nothing under the other. */
function choiceFor(fault: string): SettingChoice {
  return /^(quorum|alone)-/.test(fault) ? { policy: 'votequorum' } : {}
}

function lineOf({ fault, seeds, found, tookMs }: FaultResult): string {
  const time = `${(tookMs / 1000).toFixed(1)} s`
  const scenario = shownByScenario[fault]
  if (found !== null)
    return `${fault.padEnd(28)} seed ${String(found.seed).padEnd(6)} ${time.padStart(7)}  ${found.text}`
  const how = scenario === undefined ? 'NOT NOTICED' : `shown by ${scenario}`
  return `${fault.padEnd(28)} ${String(seeds).padStart(4)} seeds  ${time.padStart(7)}  ${how}`
}

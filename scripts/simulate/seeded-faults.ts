// Each rule switched off, one at a time: which seed notices, and by which invariant.

import { type SettingChoice, seededFaults } from '@quorate/testkit/simulation'
import type { SimulateArguments } from './arguments.ts'
import type { FaultResult, Job } from './jobs.ts'
import { shownByScenario } from './scenarios.ts'
import { runJobs } from './workers.ts'

/** Whatever the number of worker processes. */
const totalMs = 400_000
/** Most faults are noticed at once: what they leave of the time, the others get. */
const firstShareMs = 5000

/**
 * Prints a line for each fault as it is done, or, as JSON, one object in the end; the exit code is 1 when nothing shows
 * one of them.
 */
export async function playSeededFaults({ faults, jobs, json }: SimulateArguments): Promise<void> {
  const results = await play(
    seededFaults.filter((fault) => faults.length === 0 || faults.includes(fault)),
    jobs,
    (shown) => {
      if (!json) console.log(lineOf(shown))
    },
  )
  const missed = results.filter(({ shownBy }) => shownBy === null)
  if (json) console.log(JSON.stringify({ faults: results, missed: missed.map(({ fault }) => fault) }))
  else console.log(`\n${results.length} faults, ${missed.length} of them noticed by nothing`)
  process.exitCode = missed.length > 0 ? 1 : 0
}

/** Which seed notices a fault, or which test. */
interface Shown {
  readonly fault: string
  /** The last that was played. */
  readonly seed: number
  /** What it violates; `null`: nothing. */
  readonly violation: string | null
  /** `seed`, or the file of the test; `null`: nothing shows it. */
  readonly shownBy: string | null
}

/** All of them shortly, and for what is left of the time those that were not noticed. */
async function play(
  faults: readonly string[],
  jobs: number,
  report: (shown: Shown) => void,
): Promise<readonly Shown[]> {
  const startedAt = performance.now()
  const left: FaultResult[] = []
  const results: Shown[] = []
  const take = (result: FaultResult): void => {
    const shown = shownOf(result)
    results.push(shown)
    report(shown)
  }
  const first = faults.map((fault) => jobOf(fault, 1, firstShareMs))
  await runJobs<FaultResult>(first, jobs, (result) =>
    result.found === null ? left.push(result) : take(result),
  )
  const shareMs = ((totalMs - (performance.now() - startedAt)) * jobs) / Math.max(left.length, jobs)
  const second = left.map(({ fault, seed }) => jobOf(fault, seed + 1, shareMs))
  await runJobs<FaultResult>(second, jobs, take)
  return results
}

function shownOf({ fault, seed, found }: FaultResult): Shown {
  const shownBy = found === null ? (shownByScenario[fault] ?? null) : 'seed'
  return { fault, seed, violation: found?.text ?? null, shownBy }
}

const jobOf = (fault: string, from: number, timeMs: number): Job => ({
  type: 'fault',
  fault,
  choice: choiceFor(fault),
  from,
  timeMs,
})

/** Rules that are met only where an operator, an upgrade or a stranger is. */
const settings: readonly (readonly [RegExp, SettingChoice])[] = [
  [/^(quorum|alone)-/, { policy: 'votequorum' }],
  [/generation|^set-aside/, { operator: 'hasty' }],
  [/^unable/, { upgrade: true }],
  [/stranger/, { strangers: 2 }],
]

/** Small groups are quick, and break as well; what has nothing to do with a rule would only hide it. */
function choiceFor(fault: string): SettingChoice {
  const plain: SettingChoice = { policy: 'majority', operator: 'asked', upgrade: false, strangers: 0 }
  const special = settings.find(([pattern]) => pattern.test(fault))?.[1]
  return { nodes: 3, steps: 1500, ...plain, ...special }
}

function lineOf({ fault, seed, violation, shownBy }: Shown): string {
  const name = fault.padEnd(28)
  if (violation !== null) return `${name} ${String(seed).padStart(6)}  ${violation}`
  return `${name} > ${String(seed).padStart(4)}  ${shownBy ?? 'NOT NOTICED'}`
}

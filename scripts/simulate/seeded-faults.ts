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

/** Prints a line for each fault as it is done; the exit code is 1 when nothing shows one of them. */
export async function playSeededFaults({ faults, jobs }: SimulateArguments): Promise<void> {
  const startedAt = performance.now()
  const wanted = seededFaults.filter((fault) => faults.length === 0 || faults.includes(fault))
  const left = await play(
    wanted.map((fault) => jobOf(fault, 1, firstShareMs)),
    jobs,
    false,
  )
  const shareMs = ((totalMs - (performance.now() - startedAt)) * jobs) / Math.max(left.length, jobs)
  const unseen = await play(
    left.map(({ fault, seed }) => jobOf(fault, seed + 1, shareMs)),
    jobs,
    true,
  )
  const missed = unseen.filter(({ fault }) => shownByScenario[fault] === undefined)
  console.log(`\n${wanted.length} faults, ${missed.length} of them noticed by nothing`)
  process.exitCode = missed.length > 0 ? 1 : 0
}

/** Returns those that were not found. */
async function play(faultJobs: readonly Job[], jobs: number, isLast: boolean): Promise<FaultResult[]> {
  const left: FaultResult[] = []
  await runJobs<FaultResult>(faultJobs, jobs, (result) => {
    if (result.found === null) left.push(result)
    if (isLast || result.found !== null) console.log(lineOf(result))
  })
  return left
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

function lineOf({ fault, seed, found }: FaultResult): string {
  const name = fault.padEnd(28)
  if (found !== null) return `${name} ${String(seed).padStart(6)}  ${found.text}`
  return `${name} > ${String(seed).padStart(4)}  ${shownByScenario[fault] ?? 'NOT NOTICED'}`
}

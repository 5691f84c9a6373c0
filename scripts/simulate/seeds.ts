// Many seeds, side by side: what was seen, what was never seen, and what was violated.

import type { SimulateArguments } from './arguments.ts'
import type { Found, Job, SeedsResult } from './jobs.ts'
import { runJobs } from './workers.ts'

const seedsPerJob = 20
const progressMs = 5000
/** Violations that are printed; all are counted. */
const shownMax = 20

interface Total {
  runs: number
  steps: number
  readonly waiting: number[]
  readonly found: Found[]
  readonly events: Record<string, number>
}

/** Prints what came of it; with a violation the exit code is 1. */
export async function playSeeds(options: SimulateArguments): Promise<void> {
  const total: Total = { runs: 0, steps: 0, waiting: [], found: [], events: {} }
  const startedAt = performance.now()
  const report = (): void => console.error(progressLine(total, options, performance.now() - startedAt))
  const timer = setInterval(report, progressMs)
  await runJobs<SeedsResult>(jobsOf(options), options.jobs, (result) => {
    add(total, result)
    for (const found of result.found.slice(0, shownMax)) console.error(described(found, options))
  })
  clearInterval(timer)
  const tookMs = performance.now() - startedAt
  if (options.json) console.log(JSON.stringify(summary(total, tookMs)))
  else print(total, options, tookMs)
  process.exitCode = total.found.length > 0 ? 1 : 0
}

function* jobsOf({ seeds, from, choice, fault }: SimulateArguments): Generator<Job> {
  for (let first = from; first < from + seeds; first += seedsPerJob)
    yield { type: 'seeds', from: first, count: Math.min(seedsPerJob, from + seeds - first), choice, fault }
}

function add(total: Total, { runs, steps, waiting, found, events }: SeedsResult): void {
  total.runs += runs
  total.steps += steps
  total.waiting.push(...waiting)
  total.found.push(...found)
  for (const [kind, times] of Object.entries(events)) total.events[kind] = (total.events[kind] ?? 0) + times
}

function progressLine({ runs, steps, found }: Total, { seeds }: SimulateArguments, tookMs: number): string {
  return `${runs} of ${seeds} seeds, ${speed(steps, tookMs)} steps/s, ${found.length} violations`
}

const speed = (count: number, tookMs: number): number => Math.round((count / tookMs) * 1000)

const holesOf = ({ events }: Total): string[] => Object.keys(events).filter((kind) => events[kind] === 0)

function summary(total: Total, tookMs: number) {
  const { runs, steps, waiting, found, events } = total
  const rates = { seedsPerS: speed(runs, tookMs), stepsPerS: speed(steps, tookMs) }
  const sorted = {
    waiting: [...waiting].sort((a, b) => a - b),
    violations: [...found].sort((a, b) => a.seed - b.seed),
  }
  return {
    seeds: runs,
    steps,
    tookMs: Math.round(tookMs),
    ...rates,
    ...sorted,
    holes: holesOf(total),
    events,
  }
}

/** How to see it again, too. */
const described = ({ seed, text }: Found, { given }: SimulateArguments): string =>
  `Seed ${seed}: ${text}\n  npm run simulate -- --seed ${seed}${given} --trace`

function print(total: Total, options: SimulateArguments, tookMs: number): void {
  const { seeds, steps, seedsPerS, stepsPerS, waiting, violations, holes } = summary(total, tookMs)
  for (const [kind, times] of Object.entries(total.events))
    console.log(`${String(times).padStart(12)}  ${kind}`)
  console.log(`\nNever occurred, and so was not tried: ${holes.join('; ') || 'nothing'}`)
  console.log(`Wait for the operator in the end: ${waiting.length} runs${list(waiting)}`)
  for (const found of violations.slice(0, shownMax)) console.log(`\n${described(found, options)}`)
  console.log(
    `\n${seeds} seeds, ${steps} steps, ${violations.length} violations; ${seedsPerS} seeds/s, ${stepsPerS} steps/s, ${Math.round(tookMs / 1000)} s`,
  )
}

const list = (seeds: readonly number[]): string =>
  seeds.length === 0 ? '' : ` (seeds ${seeds.slice(0, shownMax).join(', ')})`

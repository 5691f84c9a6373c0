// A worker process: plays what it is given, and says what came of it.

import { type Played, playProtocol, type SeededFault } from '@quorate/testkit/simulation'
import type { FaultJob, FaultResult, Found, Job, SeedsJob, SeedsResult } from './jobs.ts'

function playSeeds({ from, count, choice, fault }: SeedsJob): SeedsResult {
  const waiting: number[] = []
  const found: Found[] = []
  const events: Record<string, number> = {}
  let steps = 0
  for (let seed = from; seed < from + count; seed++) {
    const played = playProtocol({ ...choice, seed, fault: fault as SeededFault | undefined })
    steps += played.steps
    if (played.isWaiting) waiting.push(seed)
    if (played.violation !== undefined) found.push(foundIn(seed, played))
    for (const [kind, times] of [...played.statistics.entries(), ...played.events.entries()])
      events[kind] = (events[kind] ?? 0) + times
  }
  return { type: 'seeds', runs: count, steps, waiting, found, events }
}

function playFault({ fault, choice, from, timeMs }: FaultJob): FaultResult {
  const startedAt = performance.now()
  const tookMs = (): number => performance.now() - startedAt
  let seed = from - 1
  let found: Found | null = null
  while (found === null && tookMs() < timeMs) {
    seed += 1
    const played = playProtocol({ ...choice, seed, fault: fault as SeededFault })
    if (played.violation !== undefined && isClean(seed, choice)) found = foundIn(seed, played)
  }
  return { type: 'fault', fault, seed, found, tookMs: tookMs() }
}

/** What a run shows with all rules on is not the fault's doing. */
function isClean(seed: number, choice: FaultJob['choice']): boolean {
  const { violation, isWaiting } = playProtocol({ ...choice, seed })
  return violation === undefined && !isWaiting
}

/** Violations name their invariant; a run that does not end, or an error, does not. */
function foundIn(seed: number, played: Played): Found {
  const invariant = String(played.invariant)
  const text = String(played.violation)
  return { seed, invariant, text: text.startsWith(invariant) ? text : `${invariant}: ${text}` }
}

process.on('message', (job: Job) => {
  process.send?.(job.type === 'seeds' ? playSeeds(job) : playFault(job))
})

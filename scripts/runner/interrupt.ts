// Ends whatever the run started when the run is told to end.

import { findMarked, killMarked, runMark, signal, untilNoneMarked } from './marks.ts'

/** For tests to take down what they started. */
const graceMs = 5000

const interruption = new AbortController()

/** Aborted when the run was told to end: nothing is to be started any more. */
export const interrupted: AbortSignal = interruption.signal

/** Asks every process of this run to end, and kills those that do not. */
async function endChildren(): Promise<void> {
  for (const pid of findMarked(runMark)) signal(pid, 'SIGTERM')
  await untilNoneMarked(runMark, graceMs)
  killMarked(runMark)
}

async function end(reason: NodeJS.Signals): Promise<void> {
  // npm and scripts/run.mjs hand on what the terminal has sent already: the second signal is the first again.
  if (interrupted.aborted) return
  interruption.abort()
  console.log(`\n${reason}: ending what was started ...`)
  await endChildren()
  process.exit(1)
}

/** From now on Ctrl-C, SIGTERM and a closed terminal end all children, then this process, within some 5 s. */
export function endChildrenOnInterrupt(): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => void end(name))
}

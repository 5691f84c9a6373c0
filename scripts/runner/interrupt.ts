// Ends whatever the run started when the run is told to end.

import { findMarked, killMarked, runMark, signal, untilNoneMarked } from './marks.ts'

/** For tests to take down what they started. */
const graceMs = 5000

/** Asks every process of this run to end, and kills those that do not. */
async function endChildren(): Promise<void> {
  for (const pid of findMarked(runMark)) signal(pid, 'SIGTERM')
  await untilNoneMarked(runMark, graceMs)
  killMarked(runMark)
}

async function end(reason: NodeJS.Signals): Promise<never> {
  console.log(`\n${reason}: ending what was started ...`)
  await endChildren()
  process.exit(1)
}

/** From now on Ctrl-C, SIGTERM and a closed terminal end all children, then this process. A second one is quicker. */
export function endChildrenOnInterrupt(): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => void end(name))
  }
}

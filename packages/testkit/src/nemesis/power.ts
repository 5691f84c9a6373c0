// What runs, hangs and dies: a daemon, or the process of a replica.

import type { ProcessCondition } from './condition.ts'

/** Something that can be started and sent signals. */
export interface Machinery {
  readonly running: boolean
  start(): Promise<void>
  /** For SIGKILL fulfilled when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>
}

/** Brings it into that condition, from whichever it is in. To continue what is not stopped does nothing. */
export async function bringInto(machinery: Machinery, condition: ProcessCondition): Promise<void> {
  if (condition === 'dead') {
    if (machinery.running) await machinery.kill('SIGKILL')
    return
  }
  if (!machinery.running) await machinery.start()
  await machinery.kill(condition === 'stopped' ? 'SIGSTOP' : 'SIGCONT')
}

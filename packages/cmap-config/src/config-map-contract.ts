// The contract that every configuration map passes: what config-map.ts guarantees, as cases for any test framework. How a
// daemon or a file fails is shown by each implementation's own tests.

import { within } from '@quorate/corosync-ffi'
import { lifeScenes } from './contract/life.ts'
import { readingScenes } from './contract/reading.ts'
import type { ConfigMapCase, ConfigMapSubject } from './contract/subject.ts'
import { trackingScenes } from './contract/tracking.ts'

/** What never comes would hold a test for ever, or let its process end without a word. */
const caseTimeoutMs = 60_000

/**
 * The cases for `subject`; each has a map of its own.
 *
 * @example
 * for (const { name, run } of configMapContract(subject)) test(name, run)
 */
export function configMapContract(subject: ConfigMapSubject): ConfigMapCase[] {
  return [...readingScenes, ...trackingScenes, ...lifeScenes].map(([name, play]) => ({
    name,
    run: async () => {
      const opened = await subject.open()
      try {
        await within(caseTimeoutMs, play(opened), () => overdue(name))
      } finally {
        await opened.close()
      }
    },
  }))
}

function overdue(name: string): never {
  throw new Error(`Not through within ${caseTimeoutMs} ms: ${name}`)
}

// The contract that every configuration map passes: what config-map.ts guarantees, as cases for any test framework. How a
// daemon or a file fails is shown by each implementation's own tests.

import { lifeScenes } from './contract/life.ts'
import { readingScenes } from './contract/reading.ts'
import type { ConfigMapCase, ConfigMapSubject } from './contract/subject.ts'
import { trackingScenes } from './contract/tracking.ts'

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
        await play(opened)
      } finally {
        await opened.close()
      }
    },
  }))
}

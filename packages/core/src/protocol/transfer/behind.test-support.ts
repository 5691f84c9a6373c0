// Scenes of catching up: three voters, of which the third has missed some words.

import * as assert from 'uvu/assert'
import { Ensemble, type EnsembleOptions } from '../ensemble.test-support.ts'
import type { SeededFault } from '../faults.ts'
import type { Limits, Timeouts } from '../options.ts'

/** How many lines of a transcript begin so. */
export const count = (lines: readonly string[], start: string): number =>
  lines.filter((line) => line.startsWith(start)).length

/** Node 3 has missed eight words. */
export function withBehind(
  limits: Partial<Limits> = {},
  fault?: SeededFault,
  timeouts: Partial<Timeouts> = {},
): Ensemble {
  const options: EnsembleOptions = { voters: [1, 2, 3], limits, fault, timeouts }
  const ensemble = Ensemble.running(options, 1, 2, 3)
  ensemble.view([1, 2], [3])
  ensemble.deliver()
  for (const word of 'abcdefgh') {
    ensemble.submit(1, word)
    ensemble.deliver()
  }
  ensemble.said()
  return ensemble
}

/** All have all of these. */
export function assertSame(ensemble: Ensemble, words: string): void {
  for (const id of [1, 2, 3]) {
    assert.is(ensemble.words(id), words, `node ${id}`)
    assert.ok(ensemble.actor(id).state.active, `node ${id}`)
  }
}

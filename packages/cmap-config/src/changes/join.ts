// Several sets of changes as one: for each key the oldest value and the newest, and nothing for a key that ends as it
// began.

import type { CmapChanges, CmapDifference } from '../config-map.ts'
import { sameValue } from './same.ts'

/** From what says least of the steps between to what says most. */
const causes = ['reconnect', 'reload', 'set'] as const

/** `all`, of which there is at least one, in their order. The cause is the first of {@link causes} that is among theirs. */
export function joinChanges(all: readonly CmapChanges[]): CmapChanges {
  const joined = new Map<string, CmapDifference>()
  for (const { key, value, oldValue } of all.flatMap(({ differences }) => differences)) {
    const first = joined.get(key)
    joined.set(key, { key, value, oldValue: first === undefined ? oldValue : first.oldValue })
  }
  return {
    cause: causes.find((cause) => all.some((each) => each.cause === cause)) ?? 'set',
    differences: [...joined.values()].filter(({ value, oldValue }) => !sameValue(value, oldValue)),
  }
}

// Several sets of changes as one: for each key the oldest value and the newest, and nothing for a key that ends as it
// began.

import type { CmapChanges, CmapDifference } from '../config-map.ts'
import { sameValue } from './same.ts'

/** From what says least of the steps between to what says most. */
const causes = ['reconnect', 'reload', 'set'] as const

/** Of what several have as their causes, that of all as one. */
export function leastTelling(all: readonly CmapChanges['cause'][]): CmapChanges['cause'] {
  return causes.find((cause) => all.includes(cause)) ?? 'set'
}

/** `all`, of which there is at least one, in their order. */
export function joinChanges(all: readonly CmapChanges[]): CmapChanges {
  const joined = new Map<string, CmapDifference>()
  for (const { key, value, oldValue } of all.flatMap(({ differences }) => differences)) {
    const first = joined.get(key)
    joined.set(key, { key, value, oldValue: first === undefined ? oldValue : first.oldValue })
  }
  return {
    cause: leastTelling(all.map(({ cause }) => cause)),
    differences: [...joined.values()].filter(({ value, oldValue }) => !sameValue(value, oldValue)),
  }
}

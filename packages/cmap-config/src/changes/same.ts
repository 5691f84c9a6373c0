// When two values of a key are the same, so that there is no change to tell.

import type { CmapValue } from '../cmap/values.ts'

/** True when type and value are the same; `undefined` is a key that is not there. */
export function sameValue(one: CmapValue | undefined, other: CmapValue | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  if (one.type !== other.type) return false
  if (one.type === 'binary') return Buffer.compare(one.value, other.value as Uint8Array) === 0
  return Object.is(one.value, other.value)
}

// What this process holds in memory, with its garbage and without.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes. */
export interface Holdings {
  readonly resident: number
  /** The JavaScript heap, and the memory outside of it that belongs to its objects. */
  readonly heap: number
}

export function holdings(): Holdings {
  const { rss, heapUsed, external } = process.memoryUsage()
  return { resident: rss, heap: heapUsed + external }
}

let collectGarbage: (() => void) | undefined

/** Collects all garbage first: once does not do, since memory outside of the heap is given back behind a collection. */
export function collected(): Holdings {
  collectGarbage ??= exposedCollection()
  collectGarbage()
  collectGarbage()
  return holdings()
}

/** V8 hands it to contexts that are made when the flag is set. Not set at the start: most processes never need it. */
function exposedCollection(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

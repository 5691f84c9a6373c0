// A map in memory, for tests of what stands on one: changes are told at once, each call of `change` as one set.

import type { CmapValue } from './cmap/values.ts'
import type { CmapChanges, CmapEntry, CmapKeys, ConfigMap } from './config-map.ts'

type Plain = string | number | bigint | Uint8Array
type Handler = (changes: CmapChanges) => void

export class MemoryMap implements Pick<ConfigMap, 'track'> {
  readonly #entries = new Map<string, CmapValue>()
  readonly #handlers = new Set<readonly [CmapKeys, Handler]>()

  constructor(entries: Readonly<Record<string, Plain>> = {}) {
    for (const [key, value] of Object.entries(entries)) this.#entries.set(key, typed(value))
  }

  /** How many follow the map. */
  get trackings(): number {
    return this.#handlers.size
  }

  /** `undefined` deletes. */
  change(entries: Readonly<Record<string, Plain | undefined>>, cause: CmapChanges['cause'] = 'set'): void {
    const differences = Object.entries(entries).map(([key, plain]) => {
      const oldValue = this.#entries.get(key)
      const value = plain === undefined ? undefined : typed(plain)
      if (value === undefined) this.#entries.delete(key)
      else this.#entries.set(key, value)
      return { key, value, oldValue }
    })
    for (const [keys, handler] of this.#handlers) {
      const covered = differences.filter(({ key }) => covers(keys, key))
      if (covered.length > 0) handler({ cause, differences: covered })
    }
  }

  async track(keys: CmapKeys, handler: Handler) {
    const entry = [keys, handler] as const
    this.#handlers.add(entry)
    const entries: CmapEntry[] = [...this.#entries]
      .filter(([key]) => covers(keys, key))
      .map(([key, value]) => ({ key, ...value }))
    return { entries, stop: () => void this.#handlers.delete(entry) }
  }
}

const covers = (keys: CmapKeys, key: string): boolean =>
  'key' in keys ? key === keys.key : key.startsWith(keys.prefix)

function typed(value: Plain): CmapValue {
  if (typeof value === 'string') return { type: 'string', value, length: value.length + 1 }
  if (typeof value === 'bigint') return { type: 'uint64', value, length: 8 }
  if (typeof value !== 'number') return { type: 'binary', value, length: value.length }
  return Number.isInteger(value) ? { type: 'int32', value, length: 4 } : { type: 'double', value, length: 8 }
}

// Which keys a tracking is about.

import type { CmapKeys } from '../config-map.ts'

/** True when `key` is among `keys`. */
export function covers(keys: CmapKeys, key: string): boolean {
  return 'key' in keys ? keys.key === key : key.startsWith(keys.prefix)
}

// A connection to one of the two maps of a daemon.

import { Connection, createHandle, type HandleOptions, libcmap, statusBadHandle } from '@quorate/corosync-ffi'
import type { Trackings } from './tracking.ts'

/** The maps of a daemon. `'icmap'`: the configuration. `'stats'`: counters of the daemon, read-only. */
export type CmapMap = 'icmap' | 'stats'

/** How to open a connection. */
export interface CmapConnectionOptions extends HandleOptions {
  /** `'icmap'` unless told. */
  readonly map?: CmapMap
}

/** CMAP_MAP_STATS. */
const statsMap = 1

/** Connects: cmap_initialize(3), or cmap_initialize_map(3) with the stats map. */
export async function openConnection(
  onDown: (error: Error) => void,
  options: CmapConnectionOptions,
): Promise<Connection<Trackings>> {
  return new Connection<Trackings>({
    library: libcmap,
    prefix: 'cmap',
    handle: await initialize(options),
    receiver: new Map(),
    onDown,
    // An event of a tracking that was deleted after the daemon had sent it.
    passedOver: statusBadHandle,
    ...options,
  })
}

function initialize({ map = 'icmap' }: CmapConnectionOptions): Promise<bigint> {
  return map === 'icmap'
    ? createHandle(libcmap, 'cmap_initialize')
    : createHandle(libcmap, 'cmap_initialize_map', statsMap)
}

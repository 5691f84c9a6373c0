// What cmap_track_add(3) reports, and the one native callback behind all trackings.

import { copyMemory, libcmap, trampoline } from '@quorate/corosync-ffi'
import { decodeKey, keyMemoryBytes } from './key.ts'
import { type CmapValue, decodeValue, typeName } from './values.ts'

/**
 * CMAP_TRACK_*: which events are reported; with `PREFIX` those of all keys that begin so. In the stats map, `PREFIX`
 * needs `ADD` and `DELETE`.
 */
const trackFlags = { ADD: 4, DELETE: 1, MODIFY: 2, PREFIX: 8 } as const
export type CmapTrackFlag = keyof typeof trackFlags

/** The flags as one number. */
export function trackBits(flags: readonly CmapTrackFlag[]): number {
  return flags.reduce((sum, flag) => sum | trackFlags[flag], 0)
}

/** A key changed. To set it to the value that it has is no change; another type is a `MODIFY`. */
export interface CmapChange {
  readonly event: 'ADD' | 'DELETE' | 'MODIFY'
  readonly key: string
  /** Absent after a `DELETE`. */
  readonly value: CmapValue | undefined
  /** Absent before an `ADD`; also where corosync itself counts up a number in place, and keeps no old one. */
  readonly oldValue: CmapValue | undefined
}

export type CmapChangeHandler = (change: CmapChange) => void

/** Where the changes of one connection go, by the handle of the tracking. */
export type Trackings = Map<bigint, CmapChangeHandler>

/** `struct cmap_notify_value`, as koffi hands it over. */
interface NativeValue {
  readonly type: number
  readonly len: number | bigint
  readonly data: bigint
}

/** The value of an absent one's type. */
const absent = 0
const call = 'cmap_notify_fn_t'

/** The address of the callback for cmap_track_add(3). */
export function notifyCallback(): bigint {
  return libcmap.callback(call, trampoline(onNotify))
}

function onNotify(
  to: Trackings,
  _handle: bigint,
  tracking: number | bigint,
  event: number,
  key: bigint,
  value: NativeValue,
  oldValue: NativeValue,
): void {
  to.get(BigInt(tracking))?.({
    event: eventName(event),
    // The key stands in a field of that length, whatever its own (mar_name_t).
    key: decodeKey(copyMemory(key, keyMemoryBytes)),
    value: readValue(value),
    oldValue: readValue(oldValue),
  })
}

function eventName(event: number): CmapChange['event'] {
  if (event === trackFlags.ADD) return 'ADD'
  return event === trackFlags.DELETE ? 'DELETE' : 'MODIFY'
}

/** Copied: the memory is the dispatch's own. */
function readValue({ type, len, data }: NativeValue): CmapValue | undefined {
  return type === absent ? undefined : decodeValue(typeName(type, call), copyMemory(data, Number(len)))
}

// What configuration is read from, and how its changes are told: the same for the map of a running corosync (`Cmap`) and
// for a file (`FileMap`). Knows neither.

import type { CmapType, CmapValue, CmapValues } from './cmap/values.ts'

/** A key with its value. */
export type CmapEntry = CmapValue & { readonly key: string }

/** Which keys: one, or all whose names begin with a prefix; the prefix `''` is all. */
export type CmapKeys =
  | { readonly key: string; readonly prefix?: never }
  | { readonly prefix: string; readonly key?: never }

/** A key that is not what it was. */
export interface CmapDifference {
  readonly key: string
  /** `undefined`: it is gone. */
  readonly value: CmapValue | undefined
  /** `undefined`: it is new. */
  readonly oldValue: CmapValue | undefined
}

/** What changed at once, each key no more than once. */
export interface CmapChanges {
  /**
   * `set`: somebody changed one key. `reload`: the file was read again. `reconnect`: what changed while the map could
   * not be reached, of which the steps between are not known.
   */
  readonly cause: 'set' | 'reload' | 'reconnect'
  readonly differences: readonly CmapDifference[]
}

/** A tracking that has begun. */
export interface Tracking {
  /** What was there at first. No change since is missing from those that are told, none is in both. */
  readonly entries: readonly CmapEntry[]
  /** Nothing is told from here on. A second call does nothing. */
  stop(): void
}

/** How `changes` waits for its reader. */
export interface ChangesOptions {
  /** Ends the iteration. */
  readonly signal?: AbortSignal
  /**
   * Changes that may wait for a reader who is slow; beyond it they are joined into one, which has for each key the
   * oldest value and the newest. Default: 1,024.
   */
  readonly unreadMax?: number
}

/** Configuration that can be read, and followed while it changes. */
export interface ConfigMap extends AsyncDisposable {
  /**
   * The value of a key: with a type the bare value, without one the value with its type.
   *
   * @throws {CorosyncError} `CS_ERR_NOT_EXIST`: there is no such key; `CS_ERR_INVALID_PARAM`: it is of another type
   */
  get(key: string): Promise<CmapValue>
  get<Type extends CmapType>(key: string, type: Type): Promise<CmapValues[Type]>
  /** All keys that begin with `prefix`, with their values, by name. */
  entries(prefix?: string): Promise<CmapEntry[]>
  /** Calls `handler` with what changes from now on, in order. What it throws is an uncaught exception. */
  track(keys: CmapKeys, handler: (changes: CmapChanges) => void): Promise<Tracking>
  /** What changes from now on, for `for await`. */
  changes(keys: CmapKeys, options?: ChangesOptions): AsyncIterableIterator<CmapChanges>
  /** Ends all that was begun. A second call waits for the first. */
  close(): Promise<void>
}

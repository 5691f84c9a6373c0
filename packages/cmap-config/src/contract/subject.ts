// What the contract needs of an implementation, and what it makes of it.

import type { ConfigMap } from '../config-map.ts'

/** A test; it fails by being rejected. */
export interface ConfigMapCase {
  readonly name: string
  run(): Promise<void>
}

/** A map, and a hand on what it is read from. */
export interface OpenedMap {
  readonly map: ConfigMap
  /**
   * Changes a key from outside of the map: a string, a number (which becomes a `uint32`), or `undefined`, which removes
   * it. Fulfilled when a reader who begins from now on sees it.
   */
  put(key: string, value: string | number | undefined): Promise<void>
  /** Closes the map, and frees everything. */
  close(): Promise<void>
}

/** What makes maps. */
export interface ConfigMapSubject {
  /** A map without keys that begin with `contract.`, which nobody else writes. */
  open(): Promise<OpenedMap>
}

export type Scene = readonly [name: string, play: (opened: OpenedMap) => Promise<void>]

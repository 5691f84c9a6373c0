// The entries of a file as they are found in it: what no map could hold is an error at its line.

import { isKey, keyRule } from '../cmap/key.ts'
import { type CmapInput, type CmapType, type CmapValue, makeValue } from '../cmap/values.ts'
import type { CmapEntry } from '../config-map.ts'
import { ConfigFileError } from './error.ts'

/** Of one file, at `path`. */
export class FileEntries {
  readonly #path: string
  readonly #values = new Map<string, CmapValue>()

  constructor(path: string) {
    this.#path = path
  }

  get all(): CmapEntry[] {
    return [...this.#values].map(([key, value]) => ({ key, ...value }))
  }

  has(key: string): boolean {
    return this.#values.has(key)
  }

  /**
   * Adds a key, or replaces its value.
   *
   * @throws {ConfigFileError} no map takes the key, or the value
   */
  set<Type extends CmapType>(key: string, type: Type, value: CmapInput<Type>, line: number): void {
    if (!isKey(key)) {
      throw new ConfigFileError(this.#path, line, `"${key}" cannot be a key: it takes ${keyRule}.`)
    }
    try {
      this.#values.set(key, makeValue(type, value))
    } catch (error) {
      throw new ConfigFileError(this.#path, line, `"${key}": ${(error as Error).message}`, error)
    }
  }
}

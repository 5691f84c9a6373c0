// A table once more, as simply as can be: a Map, sorted for each look. Both stand behind `Rows`.

import { decode } from '../data/decode.ts'
import { encode } from '../data/encode.ts'
import type { TableRange } from './table.ts'

/** What a table can do, of values that are read only where they come from a table. */
export interface Rows<Value> {
  readonly size: number
  has(key: string): boolean
  get(key: string): Value | undefined
  set(key: string, value: Value): unknown
  update(key: string, change: (value: Value) => Value | undefined): Value | undefined
  delete(key: string): boolean
  clear(): void
  toJSON(): readonly (readonly [string, Value])[]
  first(): [string, Value] | undefined
  last(): [string, Value] | undefined
  range(range?: TableRange): Iterable<[string, Value]>
  prefix(prefix: string, part?: { reverse?: boolean; limit?: number }): Iterable<[string, Value]>
}

export class TwinRows<Value> implements Rows<Value> {
  readonly #map: Map<string, Value>

  constructor(map: Map<string, Value>) {
    this.#map = map
  }

  get size(): number {
    return this.#map.size
  }

  has(key: string): boolean {
    return this.#map.has(key)
  }

  get(key: string): Value | undefined {
    return this.#map.get(key)
  }

  set(key: string, value: Value): void {
    this.#map.set(key, decode(encode(value)) as Value)
  }

  update(key: string, change: (value: Value) => Value | undefined): Value | undefined {
    if (!this.has(key)) return undefined
    const draft = decode(encode(this.get(key))) as Value
    this.set(key, change(draft) ?? draft)
    return this.get(key)
  }

  delete(key: string): boolean {
    return this.#map.delete(key)
  }

  clear(): void {
    this.#map.clear()
  }

  toJSON(): [string, Value][] {
    return this.#sorted()
  }

  first(): [string, Value] | undefined {
    return this.#sorted()[0]
  }

  last(): [string, Value] | undefined {
    return this.#sorted().at(-1)
  }

  range({ from = '', below, reverse = false, limit }: TableRange = {}): Iterable<[string, Value]> {
    const within = this.#sorted().filter(([key]) => key >= from && (below === undefined || key < below))
    return (reverse ? within.reverse() : within).slice(0, limit)
  }

  prefix(
    prefix: string,
    { reverse = false, limit }: { reverse?: boolean; limit?: number } = {},
  ): Iterable<[string, Value]> {
    const within = this.#sorted().filter(([key]) => key.startsWith(prefix))
    return (reverse ? within.reverse() : within).slice(0, limit)
  }

  #sorted(): [string, Value][] {
    return [...this.#map].sort(([a], [b]) => (a < b ? -1 : 1))
  }
}

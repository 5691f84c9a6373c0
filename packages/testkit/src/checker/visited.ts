// The memory of the search: what can follow depends only on which operations were taken and on the state they led
// to, not on their order. So a set and a state that were met before need not be looked at again.

import { isDeepStrictEqual } from 'node:util'
import type { Model } from './model.ts'

export class Visited<State> {
  readonly #model: Pick<Model<State, never, never>, 'equal' | 'hash'>
  readonly #states = new Map<string, State[]>()

  constructor(model: Pick<Model<State, never, never>, 'equal' | 'hash'>) {
    this.#model = model
  }

  /** False if this set and state were there already. */
  add(nameOfSet: string, state: State): boolean {
    const bucket = this.#model.hash === undefined ? nameOfSet : `${nameOfSet}#${this.#model.hash(state)}`
    const states = this.#states.get(bucket)
    if (states === undefined) {
      this.#states.set(bucket, [state])
      return true
    }
    if (states.some((known) => this.same(known, state))) return false
    states.push(state)
    return true
  }

  same(a: State, b: State): boolean {
    if (this.#model.equal !== undefined) return this.#model.equal(a, b)
    return Object.is(a, b) || isDeepStrictEqual(a, b)
  }
}

// I5: a command is applied at most once, in its session's order, and its origin hears one outcome.

import type { Incarnation, Index } from '@quorate/core/simulation'
import { Violation } from '../violation.ts'

/** A command's name: its origin, and its place in the origin's order of submission. */
export interface CommandName {
  readonly origin: Incarnation
  readonly place: number
}

export class Effects {
  readonly #indexes = new Map<string, Index>()
  readonly #lastPlace = new Map<Incarnation, number>()
  readonly #outcomes = new Map<string, Index>()

  /** The machine has applied it. Replicas apply what others applied before: at the same index. */
  applied(nodeid: number, name: CommandName, index: Index): void {
    const key = keyOf(name)
    const known = this.#indexes.get(key)
    if (known === undefined) this.#first(key, name, index)
    else if (known !== index)
      throw new Violation(
        'I5',
        `the command ${key} is applied at ${known} and, by node ${nodeid}, at ${index}`,
      )
  }

  /** Its origin was told that it was applied at `index`. */
  told(name: CommandName, index: Index): void {
    const key = keyOf(name)
    const known = this.#outcomes.get(key) ?? this.#indexes.get(key)
    if (known !== undefined && known !== index)
      throw new Violation(
        'I5',
        `the command ${key}, applied at ${known}, is told to have been applied at ${index}`,
      )
    this.#outcomes.set(key, index)
  }

  #first(key: string, { origin, place }: CommandName, index: Index): void {
    const last = this.#lastPlace.get(origin) ?? 0
    if (place < last)
      throw new Violation('I5', `the command ${key} is applied at ${index}, behind ${origin}.${last}`)
    this.#indexes.set(key, index)
    this.#lastPlace.set(origin, place)
  }
}

const keyOf = ({ origin, place }: CommandName): string => `${origin}.${place}`

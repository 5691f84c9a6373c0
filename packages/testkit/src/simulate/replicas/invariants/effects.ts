// I5: a command is applied at most once, in its session's order, and its origin hears one outcome.

import type { Incarnation, Index } from '@quorate/core/simulation'
import { Violation } from '../violation.ts'

/** A command's name: its origin, and its place in the origin's order of submission. */
export interface CommandName {
  readonly origin: Incarnation
  readonly place: number
}

interface Effect {
  readonly name: CommandName
  readonly index: Index
}

export class Effects {
  readonly #effects = new Map<string, Effect>()
  readonly #lastPlace = new Map<Incarnation, number>()
  readonly #outcomes = new Map<string, Index>()

  /** The same up to `index`. */
  upTo(index: Index): Effects {
    const effects = new Effects()
    for (const effect of this.#effects.values()) if (effect.index <= index) effects.#first(effect)
    for (const [key, told] of this.#outcomes) if (told <= index) effects.#outcomes.set(key, told)
    return effects
  }

  /** The machine has applied it. Replicas apply what others applied before: at the same index. */
  applied(nodeid: number, name: CommandName, index: Index): void {
    const key = keyOf(name)
    const known = this.#effects.get(key)?.index
    if (known === undefined) this.#first({ name, index })
    else if (known !== index)
      throw new Violation(
        'I5',
        `the command ${key} is applied at ${known} and, by node ${nodeid}, at ${index}`,
      )
  }

  /** Where it was applied; `undefined`: by nobody, so far. */
  indexOf(name: CommandName): Index | undefined {
    return this.#effects.get(keyOf(name))?.index
  }

  /** Its origin was told that it was applied at `index`. */
  told(name: CommandName, index: Index): void {
    const key = keyOf(name)
    const known = this.#outcomes.get(key) ?? this.#effects.get(key)?.index
    if (known !== undefined && known !== index)
      throw new Violation(
        'I5',
        `the command ${key}, applied at ${known}, is told to have been applied at ${index}`,
      )
    this.#outcomes.set(key, index)
  }

  #first({ name, index }: Effect): void {
    const { origin, place } = name
    const key = keyOf(name)
    const last = this.#lastPlace.get(origin) ?? 0
    if (place < last)
      throw new Violation('I5', `the command ${key} is applied at ${index}, behind ${origin}.${last}`)
    this.#effects.set(key, { name, index })
    this.#lastPlace.set(origin, place)
  }
}

const keyOf = ({ origin, place }: CommandName): string => `${origin}.${place}`

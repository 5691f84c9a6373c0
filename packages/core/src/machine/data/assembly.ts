// Values with parts, put together as their parts come: what the walk of slice-decoder.ts has open.

import { freeze } from 'immer'
import { Entries } from '../table/entries.ts'
import { EntryHash } from '../table/entry-hash.ts'
import { beginsNoValue, malformed } from './malformed.ts'
import { ownKey, setOwn } from './own-property.ts'
import type { Reader } from './reader.ts'
import { tag } from './tags.ts'

export abstract class Assembly {
  protected abstract readonly value: object
  /** Parts that are still to come. */
  #left: number
  readonly #freezes: boolean

  constructor(parts: number, freezes: boolean) {
    this.#left = parts
    this.#freezes = freezes
  }

  get isWhole(): boolean {
    return this.#left === 0
  }

  /** Whether the next part is to be frozen. */
  get freezesPart(): boolean {
    return this.#freezes
  }

  /** Whether the next part may come as its bytes, packed. */
  get packsPart(): boolean {
    return false
  }

  /** @throws {QuorateError} `Malformed`: it cannot be a part here */
  add(part: unknown): void {
    this.put(part)
    this.#left -= 1
  }

  /** More parts are to come than the head said. */
  protected expect(parts: number): void {
    this.#left += parts
  }

  /** The value, once it is whole. */
  finished(): object {
    return this.#freezes ? this.freeze(this.value) : this.value
  }

  protected freeze(value: object): object {
    return Object.freeze(value)
  }

  /** Of keys and items that alternate: whether an item is next. */
  protected get isAtItem(): boolean {
    return this.#left % 2 === 1
  }

  protected abstract put(part: unknown): void
}

/** @param freezes whether the value and its parts become as immer's `freeze(value, true)` leaves them */
export function assemblyOf(kind: number, reader: Reader, freezes: boolean): Assembly {
  switch (kind) {
    case tag.object:
      return new ObjectAssembly({}, reader.length() * 2, freezes)
    case tag.array:
      return new ArrayAssembly(reader.length(), freezes)
    case tag.set:
      return new SetAssembly(reader.length(), freezes)
    case tag.map:
      return new MapAssembly(reader.length() * 2, freezes)
    case tag.bare:
      return new ObjectAssembly(Object.create(null), reader.length() * 2, freezes)
    case tag.table:
      return new TableAssembly(freezes)
    default:
      return beginsNoValue(kind)
  }
}

class ArrayAssembly extends Assembly {
  protected readonly value: unknown[] = []

  protected put(item: unknown): void {
    this.value.push(item)
  }
}

class SetAssembly extends Assembly {
  protected readonly value = new Set<unknown>()

  protected put(item: unknown): void {
    this.value.add(item)
  }

  protected override freeze(value: object): object {
    return freeze(value)
  }
}

class MapAssembly extends Assembly {
  protected readonly value = new Map<unknown, unknown>()
  #key: unknown

  /** Immer freezes no keys, and whether an object is frozen must not depend on how a replica came to it. */
  override get freezesPart(): boolean {
    return super.freezesPart && this.isAtItem
  }

  protected put(part: unknown): void {
    if (this.isAtItem) this.value.set(this.#key, part)
    else this.#key = part
  }

  protected override freeze(value: object): object {
    return freeze(value)
  }
}

class ObjectAssembly extends Assembly {
  protected readonly value: Record<string, unknown>
  #key = ''

  constructor(empty: Record<string, unknown>, parts: number, freezes: boolean) {
    super(parts, freezes)
    this.value = empty
  }

  protected put(part: unknown): void {
    if (this.isAtItem) setOwn(this.value, this.#key, part)
    else this.#key = ownKey(part)
  }
}

/** Its heading is the count and the lanes of the hash; keys and values follow. */
class TableAssembly extends Assembly {
  protected value: Entries = new Entries()
  readonly #heading: number[] = []
  #key = ''

  constructor(freezes: boolean) {
    super(3, freezes)
  }

  override get packsPart(): boolean {
    return this.isAtItem && this.#heading.length === 3
  }

  protected put(part: unknown): void {
    if (this.#heading.length < 3) this.#addHeading(part)
    else if (!this.isAtItem) this.#key = ownKey(part)
    else if (!this.value.append(this.#key, part)) malformed('the keys of a table are out of order')
  }

  /** The entries can be changed, as a Map can: what they hold is frozen. */
  protected override freeze(value: object): object {
    return value
  }

  #addHeading(part: unknown): void {
    if (!Number.isSafeInteger(part)) malformed('the heading of a table is no number')
    this.#heading.push(part as number)
    const [count = 0, low, high] = this.#heading
    if (count < 0) malformed('a count is below 0')
    if (high === undefined) return
    this.value = new Entries(undefined, new EntryHash(low, high))
    this.expect(2 * count)
  }
}

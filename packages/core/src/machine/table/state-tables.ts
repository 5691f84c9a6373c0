// The tables of a state: properties at its top level. Reducers get them as they are, and leave them in their places.
// Whoever reads the state, or saves it, gets it with snapshots in theirs.

import { QuorateError } from '../../errors.ts'
import { frozenCopy } from '../context.ts'
import { setOwn } from '../data/own-property.ts'
import { isGuarded } from '../determinism-guard.ts'
import { Entries } from './entries.ts'
import { keptOf, Table, type TableKeeper, tableOf } from './table.ts'
import { TableJournal } from './table-journal.ts'

interface Shown {
  readonly of: object
  readonly revision: number
  readonly state: object
}

export class StateTables {
  readonly journal: TableJournal = new TableJournal()
  /** By name. They outlive tables that a migration removes: it may be taken back. */
  readonly #keepers = new Map<string, TableKeeper>()
  /** By what they show: who selects a table sees another one only when it has changed. */
  readonly #readable = new WeakMap<Entries, Table<unknown>>()
  #shown: Shown | null = null

  /** A state that `initial` or `migrate` gives, as one of its own. `undefined` stays that. */
  adopted(given: unknown, what: string): unknown {
    const rest = mapProperties(given, (part) => (part instanceof Table ? null : part))
    const copy = frozenCopy(rest, what)
    if (rest === given) return copy
    const tables = given as Record<string, unknown>
    return this.kept(
      mapProperties(copy, (part, name) => (tables[name] instanceof Table ? tables[name] : part)),
    )
  }

  /** A state with the tables that are new in it made its own. */
  kept<State>(state: State): State {
    const taken = new Set<Entries>()
    return mapProperties(state, (part, name) =>
      part instanceof Table ? this.#keep(part, name, taken) : part,
    )
  }

  /** The state of a snapshot. What was shown before it is not held any longer. */
  restored(saved: unknown): unknown {
    this.#shown = null
    return mapProperties(saved, (part, name) =>
      part instanceof Entries ? tableOf(part, this.#keeper(name)) : part,
    )
  }

  /** For a snapshot: what changes from now on does not show in it. */
  saved(state: object): object {
    if (this.#keepers.size === 0) return state
    return mapProperties(state, (part) => (part instanceof Table ? keptOf(part).entries.snapshot() : part))
  }

  /** For readers, who may keep it: it never changes. The same object until something has changed. */
  shown(state: object): object {
    if (this.#keepers.size === 0) return state
    const { revision } = this.journal
    if (this.#shown?.of !== state || this.#shown.revision !== revision) {
      const readable = mapProperties(state, (part, name) =>
        part instanceof Table ? this.#show(part, name) : part,
      )
      this.#shown = { of: state, revision, state: readable }
    }
    return this.#shown.state
  }

  /** What was done until now is not taken back any more, and what was shown before it not kept. */
  keep(): void {
    this.journal.keep()
    if (this.#shown?.revision !== this.journal.revision) this.#shown = null
  }

  /**
   * Looks at what a reducer left.
   *
   * @throws {QuorateError} `BadOption`: a table is not where it was
   */
  check(state: object, before: object): void {
    if (state === before || (this.#keepers.size === 0 && !isGuarded())) return
    const [parts, partsBefore] = [propertiesOf(state), propertiesOf(before)]
    for (const [name, part] of Object.entries(parts))
      if (part instanceof Table && part !== partsBefore[name])
        refuse(
          `A reducer put a Table at state.${name}: only initial and migrate do; give its entries instead`,
        )
    for (const [name, part] of Object.entries(partsBefore))
      if (part instanceof Table && part !== parts[name])
        refuse(
          `A reducer took the Table away from state.${name}: delete its entries, or remove it in migrate`,
        )
  }

  #keep(table: Table<unknown>, name: string, taken: Set<Entries>): Table<unknown> {
    const { entries, keeper } = keptOf(table)
    const isOwn = [...this.#keepers.values()].includes(keeper)
    if (isOwn && taken.has(entries))
      refuse(`state.${name} has a Table that is elsewhere too: make a new one of it`)
    taken.add(entries)
    if (keeper === this.#keeper(name)) return table
    return tableOf(isOwn ? entries : entries.copy(), this.#keeper(name))
  }

  #keeper(name: string): TableKeeper {
    const keeper = this.#keepers.get(name) ?? keeperOf(`state.${name}`, this.journal)
    this.#keepers.set(name, keeper)
    return keeper
  }

  #show(table: Table<unknown>, name: string): Table<unknown> {
    const entries = keptOf(table).entries.snapshot()
    const readable = this.#readable.get(entries) ?? tableOf(entries, keeperOf(`state.${name}`, null))
    this.#readable.set(entries, readable)
    return readable
  }
}

/** @param journal of the reducers that may write; `null`: nobody may */
function keeperOf(path: string, journal: TableJournal | null): TableKeeper {
  return {
    path,
    assertWritable() {
      if (journal === null || !journal.isWritable)
        refuse(
          `${path} can be written by the machine's reducers only, while they run: submit a command that does it`,
        )
    },
    note: (entries, key) => journal?.note(entries, key),
  }
}

/** Another object when a property is another one, frozen, with its properties in the same order. */
function mapProperties<State>(state: State, change: (part: unknown, name: string) => unknown): State {
  const parts = propertiesOf(state)
  const changed = Object.entries(parts).map(([name, part]) => [name, change(part, name)] as const)
  if (changed.every(([name, part]) => part === parts[name])) return state
  const copy = Object.create(Object.getPrototypeOf(state))
  for (const [name, part] of changed) setOwn(copy, name, part)
  return Object.freeze(copy)
}

/** Of a plain object; all else has none that a table could be. */
function propertiesOf(state: unknown): Readonly<Record<string, unknown>> {
  if (typeof state !== 'object' || state === null) return {}
  const prototype = Object.getPrototypeOf(state)
  return prototype === Object.prototype || prototype === null ? (state as Record<string, unknown>) : {}
}

function refuse(message: string): never {
  throw new QuorateError('BadOption', message)
}

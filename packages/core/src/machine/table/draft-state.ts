// The type of a state as reducers get it. Immer's own would make of a table a draft, which it never is.

import type { Draft } from 'immer'
import type { Table } from './table.ts'

/** A state to be changed in place: immer's `Draft`, with the tables at its top level as they are. */
export type DraftState<State> =
  TableNames<State> extends never ? Draft<State> : { -readonly [Name in keyof State]: DraftPart<State[Name]> }

// biome-ignore lint/suspicious/noExplicitAny: tables of all values.
type AnyTable = Table<any>

type TableNames<State> = {
  [Name in keyof State]-?: Extract<State[Name], AnyTable> extends never ? never : Name
}[keyof State]

type DraftPart<Part> = Part extends AnyTable ? Part : Draft<Part>

// The machine under test: registers that remember which commands were applied to them, in order. What is applied twice,
// or was confirmed and is not there, is then seen in the state itself.

import { createHash } from 'node:crypto'
import { defineMachine, type Machine } from '@quorate/core'

/** Names a register: `slice/name`. Clients leave a slice behind after a while, so that no register grows for ever. */
export type RegisterKey = string

export interface Register {
  /** The id of the command that set it last; 0: none has. */
  readonly value: number
  /** The ids of all commands that were applied to it, in order. */
  readonly applied: readonly number[]
}

/** By slice and by name: a command copies the slice that it changes, and not all registers. */
export interface Registers {
  readonly slices: Readonly<Record<string, Readonly<Record<string, Register>>>>
}

export interface WriteInput {
  readonly key: RegisterKey
  /** Unique in the history, above 0: also the value that is written. */
  readonly id: number
}

export interface CompareAndSetInput extends WriteInput {
  readonly expected: number
}

/** As far as a type of commands goes, what `registers` understands. */
export type RegisterCommands = {
  readonly write: (input: WriteInput) => void
  /** Whether the register held `expected`, and was set. */
  readonly compareAndSet: (input: CompareAndSetInput) => boolean
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] extends object ? Mutable<T[Name]> : T[Name] }

/** The register, made when it is not there; it notes that the command was applied. */
function touch({ slices }: Mutable<Registers>, { key, id }: WriteInput): Mutable<Register> {
  const { slice, name } = partsOf(key)
  slices[slice] ??= {}
  slices[slice][name] ??= { value: 0, applied: [] }
  const register = slices[slice][name]
  register.applied.push(id)
  return register
}

export const registers: Machine<Registers, RegisterCommands> = defineMachine({
  name: 'nemesis-registers',
  version: 1,
  initial: (): Registers => ({ slices: {} }),
  reducers: {
    write(state, input: WriteInput) {
      touch(state as Mutable<Registers>, input).value = input.id
    },
    compareAndSet(state, input: CompareAndSetInput) {
      const register = touch(state as Mutable<Registers>, input)
      if (register.value !== input.expected) return false
      register.value = input.id
      return true
    },
  },
})

/** What the register holds. */
export function heldAt(state: Registers, key: RegisterKey): number {
  const { slice, name } = partsOf(key)
  return state.slices[slice]?.[name]?.value ?? 0
}

/** Every register by its key. */
export function contentsOf({ slices }: Registers): Record<RegisterKey, Register> {
  const entries = Object.entries(slices).flatMap(([slice, byName]) =>
    Object.entries(byName).map(([name, register]) => [`${slice}/${name}`, register] as const),
  )
  return Object.fromEntries(entries)
}

/** Equal for equal states, whatever the order in which registers were made. */
export function digestOf(state: Registers): string {
  const sorted = Object.entries(contentsOf(state)).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16)
}

function partsOf(key: RegisterKey): { slice: string; name: string } {
  const [slice = '', name = ''] = key.split('/')
  return { slice, name }
}

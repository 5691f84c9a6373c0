// A machine whose state is its own affair: too large for drafts, or kept outside of JavaScript's objects.

import { QuorateError } from '../errors.ts'
import { namesOf, unknownName } from '../known-names.ts'
import type { Context } from './context.ts'
import { ForeignApplication } from './foreign-application.ts'
import type { MembershipChange } from './group-membership.ts'
import { completeLimits, type MachineLimits } from './limits.ts'
import { type CommandVersions, checkCommandName, type Machine, sinceOf, versionRange } from './machine.ts'

/** Commands by name, each a function from its input, if it has one, to its result. */
// biome-ignore lint/suspicious/noExplicitAny: what any command may be; `unknown` would admit none with an input.
export type CommandTypes = { readonly [Name in string]: (input?: any) => unknown }

/** A command as `apply` gets it: `name` tells what `input` is. */
export type CommandOf<Types> = {
  readonly [Name in keyof Types]: Types[Name] extends (input: infer Input) => unknown
    ? { readonly name: Name; readonly input: Input }
    : never
}[keyof Types]

/** What an implementation guarantees: equal commands, in equal order, make equal states with equal digests. */
export interface ForeignState<Types = unknown> {
  /**
   * Applies one command and returns its result. When it throws a `Rejection` it must have changed nothing; what it did
   * through `context` is undone. Anything else that it throws stops the replica.
   */
  apply(command: CommandOf<Types>, context: Context): unknown
  /**
   * The whole state. Where equal states give other bytes, a joiner whose donor goes away may have to begin its transfer
   * anew with the next.
   */
  snapshot(): Uint8Array
  /** Called on a state just opened. `version` is the one that the snapshot was taken in. */
  restore(snapshot: Uint8Array, version: number): void
  /** 53 bits, or text. Asked for at intervals; keep it up to date with each command rather than go over the state. */
  digest(): number | string
  /** Hears who joined and who left, in the log's order. */
  onMembership?(change: MembershipChange, context: Context): void
  /** Turns the state of version `from` into that of `from` + 1. */
  migrate?(from: number, context: Context): void
}

export interface ForeignMachineDefinition<State, Types> {
  /** As of `defineMachine`; so are the versions and the limits. */
  readonly name: string
  readonly version: number
  readonly minimumVersion?: number
  /** All names of commands: others are refused before they are sent. */
  readonly commands: readonly (keyof Types & string)[]
  /** As of `defineMachine`. */
  readonly since?: { readonly [Name in keyof Types]?: number }
  /** An empty state, as `version` has it. Called again for each snapshot that is restored; the state before is dropped. */
  open(version: number): State
  limits?(version: number): Partial<MachineLimits>
}

const definitionNames = namesOf<ForeignMachineDefinition<unknown, CommandTypes>>({
  ...{
    name: true,
    version: true,
    minimumVersion: true,
    commands: true,
    since: true,
    open: true,
    limits: true,
  },
})

/**
 * Defines a replicated state machine with a state of its own making.
 *
 * ```ts
 * interface StoreCommands { put(input: { key: string; value: string }): void }
 * class Store implements ForeignState<StoreCommands> { … }
 * const store = defineForeignMachine<Store, StoreCommands>({
 *   name: 'store', version: 1, commands: ['put'], open: () => new Store(),
 * })
 * ```
 *
 * @throws {QuorateError} `BadOption`: what is wrong with the definition
 */
export function defineForeignMachine<State extends ForeignState<Types>, Types>(
  definition: ForeignMachineDefinition<State, Types>,
): Machine<State, Types> {
  if (typeof definition !== 'object' || definition === null)
    bad('it takes a definition; at least name, version, commands and open')
  const fault = unknownName(Object.keys(definition), definitionNames, 'option ')
  if (fault !== null) bad(fault)
  const { name, open } = definition
  const range = versionRange(definition)
  if (typeof open !== 'function') bad(`machine '${name}' needs open(), which gives an empty state`)
  if (!Array.isArray(definition.commands)) bad(`machine '${name}' needs commands: the list of their names`)
  if (definition.limits !== undefined && typeof definition.limits !== 'function')
    bad('limits must be a function, or left out')
  for (const command of definition.commands) checkCommandName(command)
  const limits = (version: number) => completeLimits(definition.limits?.(version) ?? {})
  limits(definition.version)
  const commands = new Set<string>(definition.commands)
  const since = sinceOf(range, definition.since as CommandVersions, (command) => commands.has(command))
  // What is known of the types ends here: commands come from the log.
  const openState = open as (version: number) => ForeignState
  return { ...range, name, limits, since, open: () => new ForeignApplication(name, commands, openState) }
}

function bad(message: string): never {
  throw new QuorateError('BadOption', `defineForeignMachine: ${message}`)
}

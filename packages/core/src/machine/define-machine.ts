// A machine in reducers: plain functions from a state, an input and a context to a result.

import { QuorateError } from '../errors.ts'
import { namesOf, unknownName } from '../known-names.ts'
import type { Context } from './context.ts'
import type { MembershipChange } from './group-membership.ts'
import { completeLimits, type MachineLimits } from './limits.ts'
import {
  type CommandVersions,
  checkCommandName,
  type Machine,
  sinceOf,
  type VersionRange,
  versionRange,
} from './machine.ts'
import { ReducerApplication, type ReducerFunctions } from './reducer-application.ts'
import type { DraftState } from './table/draft-state.ts'

/**
 * One command. Changes the draft in place and returns the result; a `Rejection` that it throws undoes what it did.
 *
 * It depends on its arguments alone, and is synchronous. Date and Uint8Array values are replaced, not written into.
 * An object that outlives the reducer (a constant of the module) goes into the state as a copy: `{ ...empty }`. Sines,
 * powers and other functions that IEEE 754 leaves open, locales and time zones may differ between engines: keep them
 * out, or round what they give.
 */
export type Reducer<State> = (state: DraftState<State>, input: never, context: Context) => unknown

export type Reducers<State> = { readonly [name: string]: Reducer<State> }

/** The commands that reducers define: the second parameter, where there is one, to the result. */
export type ReducerCommands<All> = {
  readonly [Name in keyof All]: All[Name] extends (...args: infer Args) => infer Result
    ? (...input: InputOf<Args>) => Result
    : never
}

/** No second parameter, or one that nothing is said of (`_`): no input. */
type InputOf<Args extends readonly unknown[]> = Args extends readonly [unknown, (infer Input)?, ...unknown[]]
  ? Args extends readonly [unknown]
    ? []
    : [Input] extends [never]
      ? []
      : Args extends readonly [unknown, unknown, ...unknown[]]
        ? [input: Input]
        : [input?: Input]
  : []

export interface MachineDefinition<State, All extends Reducers<State>> {
  /** Names the machine for ever: replicas and storages of another name are refused. */
  readonly name: string
  /** Grows whenever the same log would give another state: a reducer, the state's shape or a limit has changed. */
  readonly version: number
  /** The lowest version that `reducers` still run as, by `context.version`. Default: `version`. */
  readonly minimumVersion?: number
  /**
   * The state that begins a group that runs `version`. The same for the same version, on every node. Where
   * `minimumVersion` is below `version` it is also asked for the first states of older versions: a replica without
   * storage begins with that of the version that the group began with, applies the log to it, and migrates it.
   */
  initial(version: number): State
  readonly reducers: All
  /**
   * The version with which a reducer came: of each that programs which run `minimumVersion` may not have. Until the
   * group runs that version, `submit` refuses the command: a replica that meets a command it has no reducer for stops.
   */
  readonly since?: { readonly [Name in keyof All]?: number }
  /** Hears who joined and who left, in the log's order. */
  onMembership?(state: DraftState<State>, change: MembershipChange, context: Context): void
  /**
   * Turns the state of version `from` into that of `from` + 1, in place or by returning another; called once for each
   * step. Asked for when `minimumVersion` is below `version`.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the state of a version whose type is no longer there.
  migrate?(state: any, from: number, context: Context): State | undefined
  /** Numbers that the replicated state uses itself, by version. What is left out has the value of `defaultLimits`. */
  limits?(version: number): Partial<MachineLimits>
}

const definitionNames = namesOf<MachineDefinition<unknown, Reducers<unknown>>>({
  ...{ name: true, version: true, minimumVersion: true, initial: true, reducers: true, since: true },
  ...{ onMembership: true, migrate: true, limits: true },
})

/**
 * Defines a replicated state machine.
 *
 * ```ts
 * const counter = defineMachine({
 *   name: 'counter',
 *   version: 1,
 *   initial: () => ({ value: 0 }),
 *   reducers: {
 *     add(state, by: number) {
 *       state.value += by
 *       return state.value
 *     },
 *   },
 * })
 * ```
 *
 * @throws {QuorateError} `BadOption`: what is wrong with the definition
 */
export function defineMachine<State, All extends Reducers<State>>(
  definition: MachineDefinition<State, All>,
): Machine<State, ReducerCommands<All>> {
  if (typeof definition !== 'object' || definition === null)
    bad('it takes a definition; at least name, version, initial and reducers')
  const fault = unknownName(Object.keys(definition), definitionNames, 'option ')
  if (fault !== null) bad(fault)
  const range = versionRange(definition)
  const functions = reducerFunctions(definition)
  checkMigration(range, definition.migrate)
  const limits = (version: number) => completeLimits(definition.limits?.(version) ?? {})
  limits(definition.version)
  const since = sinceOf(range, definition.since as CommandVersions, (name) => functions.reducers.has(name))
  return { ...range, name: definition.name, limits, since, open: () => new ReducerApplication(functions) }
}

function reducerFunctions<State, All extends Reducers<State>>(
  definition: MachineDefinition<State, All>,
): ReducerFunctions {
  const { name, initial, onMembership, migrate } = definition
  if (typeof initial !== 'function') bad(`machine '${name}' needs initial(), which gives the first state`)
  if (typeof definition.reducers !== 'object' || definition.reducers === null)
    bad(
      `machine '${name}' needs reducers: an object with a function for each command, {} where there are none`,
    )
  checkOptional({ onMembership, migrate, limits: definition.limits })
  const reducers = new Map<string, Reducer<State>>(Object.entries(definition.reducers))
  for (const [command, reducer] of reducers) checkReducer(command, reducer)
  // What is known of the types ends here: commands come from the log.
  return { machine: name, reducers, initial, onMembership, migrate } as unknown as ReducerFunctions
}

function checkOptional(functions: { readonly [name: string]: unknown }): void {
  for (const [name, value] of Object.entries(functions))
    if (value !== undefined && typeof value !== 'function') bad(`${name} must be a function, or left out`)
}

function checkReducer(command: string, reducer: unknown): void {
  checkCommandName(command)
  if (typeof reducer !== 'function')
    bad(
      `the reducer '${command}' must be a function, and is ${reducer === null ? 'null' : `a ${typeof reducer}`}`,
    )
  if (reducer.constructor.name.startsWith('Async'))
    bad(`the reducer '${command}' is async: it must be synchronous. Do what takes time before submit`)
  if (reducer.constructor.name === 'GeneratorFunction')
    bad(`the reducer '${command}' is a generator, which nobody would run: make it a plain function`)
}

function checkMigration({ version, minimumVersion }: VersionRange, migrate: unknown): void {
  if (minimumVersion < version && migrate === undefined)
    bad(
      `a machine of version ${version} that also runs version ${minimumVersion} needs migrate(state, from); ` +
        'where nothing changes, let it do nothing',
    )
}

function bad(message: string): never {
  throw new QuorateError('BadOption', `defineMachine: ${message}`)
}

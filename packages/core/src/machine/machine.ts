// What a machine is to the rest: its name, the versions that it can run, its limits, and how its state is opened. Its
// commands are known to the type checker only.

import { inspect } from 'node:util'
import { QuorateError } from '../errors.ts'
import type { Application } from './application.ts'
import type { MachineLimits } from './limits.ts'

declare const stateType: unique symbol
declare const commandTypes: unique symbol

/** Versions that a program can run, both included. */
export interface VersionRange {
  readonly version: number
  readonly minimumVersion: number
}

/** A replicated state machine, as `defineMachine` and `defineForeignMachine` make it. */
export interface Machine<State = unknown, CommandTypes = unknown> extends VersionRange {
  /** Part of every snapshot: a replica with another machine is refused. */
  readonly name: string
  /** By version. */
  limits(version: number): MachineLimits
  /** The version with which a command came, where that is said; 0: every program has it. */
  since(command: string): number
  /** Without a state until it is begun or restored. */
  open(): Application
  readonly [stateType]?: State
  readonly [commandTypes]?: CommandTypes
}

/** The state that readers of `M` see. */
export type StateOf<M> = M extends Machine<infer State, unknown> ? State : never

/**
 * How commands of `M` are submitted: `Commands<typeof counter>['add']` is `(by: number) => Promise<number>` when the
 * reducer is `add(state, by: number) { … return state.value }`.
 */
export type Commands<M> =
  M extends Machine<infer _State, infer CommandTypes>
    ? { readonly [Name in keyof CommandTypes]: Submit<CommandTypes[Name]> }
    : never

type Submit<Command> = Command extends (...input: infer Input) => infer Result
  ? (...input: Input) => Promise<Awaited<Result>>
  : never

/** @throws {QuorateError} `BadOption`: a name or a version is not what it must be */
export function versionRange(definition: {
  readonly name: string
  readonly version: number
  readonly minimumVersion?: number
}): VersionRange {
  const { name, version, minimumVersion = version } = definition
  if (typeof name !== 'string' || name === '') bad('a machine needs a name')
  if (!isVersion(version))
    bad(`the version of machine '${name}' must be a whole number from 1 on, and is ${version}`)
  if (!isVersion(minimumVersion) || minimumVersion > version)
    bad(
      `minimumVersion of machine '${name}' must be from 1 to its version ${version}, and is ${minimumVersion}`,
    )
  return { version, minimumVersion }
}

/**
 * `then` would make a promise of `replica.submit`: to await it, or to return it from an async function, would submit.
 *
 * @throws {QuorateError} `BadOption`
 */
export function checkCommandName(name: string): void {
  if (name === 'then')
    bad("no command can be named 'then': to await replica.submit would submit it. Rename it")
}

/** By command, the version with which it came. */
export type CommandVersions = { readonly [command: string]: number | undefined }

/**
 * @param has whether there is such a command
 * @throws {QuorateError} `BadOption`: no such command, or a version that the machine never had
 */
export function sinceOf(
  { version }: VersionRange,
  since: CommandVersions = {},
  has: (command: string) => boolean,
): Machine['since'] {
  if (typeof since !== 'object' || since === null)
    bad(
      `since must be an object, of commands and the versions with which they came, and is ${inspect(since)}`,
    )
  const versions = new Map(Object.entries(since))
  for (const [command, from] of versions) {
    if (!has(command)) bad(`since names the command '${command}', which the machine has not`)
    if (from !== undefined && !(isVersion(from) && from <= version))
      bad(`since['${command}'] must be from 1 to the machine's version ${version}, and is ${from}`)
  }
  return (command) => versions.get(command) ?? 0
}

function isVersion(version: number): boolean {
  return Number.isSafeInteger(version) && version >= 1
}

function bad(message: string): never {
  throw new QuorateError('BadOption', message)
}

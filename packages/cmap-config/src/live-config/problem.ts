// What is wrong with the configuration, in a form for programs and in words.

import { inspect, isDeepStrictEqual } from 'node:util'

/** A key whose value is not used, or a section of which the schema says that something is wrong with it. */
export interface ConfigProblem {
  /** In full, as the map has it; `''` is the whole map. */
  readonly key: string
  /** As it stands in the map; `undefined`: nothing stands there. */
  readonly value: unknown
  /** By the schema. */
  readonly reason: string
}

/** The problems as sentences for a log: each names its key, what stands there, and the reason. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  return problems.map(describe).join('; ')
}

function describe({ key, value, reason }: ConfigProblem): string {
  if (key === '') return reason
  return value === undefined ? `${key}: ${reason}` : `${key} is ${inspect(value)}: ${reason}`
}

/** Those of `now` that were not there before: each is told once. */
export function freshProblems(
  before: readonly ConfigProblem[],
  now: readonly ConfigProblem[],
): readonly ConfigProblem[] {
  return now.filter((problem) => !before.some((other) => isDeepStrictEqual(other, problem)))
}

/** There is no configuration to begin with: the schema refuses what is there, and has no defaults for it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(prefix: string, problems: readonly ConfigProblem[]) {
    const where = prefix === '' ? 'The configuration' : `The configuration below ${prefix}`
    super(`${where} cannot be used; correct it: ${describeProblems(problems)}`)
    this.problems = problems
  }
}

// What a history and the state behind it must be: every confirmed command once in the state, none that is said to be
// unapplied, nothing twice, and an order of all operations that explains what the clients saw.

import { checkLinearizable } from '../checker/check-linearizable.ts'
import { type RegisterInput, type RegisterOutput, registerModel } from '../checker/models/register.ts'
import { type Operation, unknownOutput } from '../checker/operation.ts'
import type { Recorded } from './history.ts'
import type { Register, RegisterKey } from './registers.ts'

/** Every register once all is calm, and when that was read. */
export interface FinalState {
  readonly contents: Readonly<Record<RegisterKey, Register>>
  readonly atMs: number
}

export interface Verdict {
  readonly verdict: 'ok' | 'violation' | 'undecided'
  /** In whole sentences. */
  readonly violations: readonly string[]
}

/** Steps of the checker: at most so many for each operation. A healthy history takes one or two. */
const stepsPerOperation = 500
const idsNamedMax = 10

type RegisterOperation = Operation<RegisterInput<number>, RegisterOutput<number>>
type Command = Exclude<Recorded['input'], { type: 'read' }>

/** Judges what clients saw by what the replicas hold in the end. */
export function judge(operations: readonly Recorded[], final: FinalState): Verdict {
  const violations = commandViolations(operations, final)
  const history = linearizableHistory(operations, final)
  const result = checkLinearizable(history, registerModel(0), {
    stepsMax: stepsPerOperation * (history.length + 1000),
  })
  if (result.verdict === 'violation') violations.push(result.explanation)
  if (violations.length > 0) return { verdict: 'violation', violations }
  if (result.verdict === 'too-large') return { verdict: 'undecided', violations: [result.explanation] }
  return { verdict: 'ok', violations }
}

function commandViolations(operations: readonly Recorded[], { contents }: FinalState): string[] {
  const applied = Object.values(contents).flatMap((register) => register.applied)
  const inState = new Set(applied)
  const commands = operations.flatMap(({ input, outcome }) =>
    input.type === 'read' ? [] : [{ id: input.id, became: outcome?.became ?? 'unknown' }],
  )
  const submitted = new Set(commands.map(({ id }) => id))
  const idsThat = (became: string, is: boolean): number[] =>
    commands.flatMap((each) => (each.became === became && inState.has(each.id) === is ? [each.id] : []))
  return [
    violation('confirmed and not in the state', idsThat('ok', false)),
    violation('said to be unapplied, and in the state', idsThat('unapplied', true)),
    violation('applied more than once', repeated(applied)),
    violation(
      'in the state, and never submitted',
      applied.filter((id) => !submitted.has(id)),
    ),
  ].flat()
}

function violation(what: string, ids: readonly number[]): string[] {
  if (ids.length === 0) return []
  const more = ids.length > idsNamedMax ? ' …' : ''
  return [`${ids.length} commands are ${what}: ${ids.slice(0, idsNamedMax).join(', ')}${more}`]
}

function repeated(ids: readonly number[]): number[] {
  const once = new Set<number>()
  return ids.filter((id) => once.size === once.add(id).size)
}

/**
 * The operations for the checker, and a read of each register at the end. What is in the state was applied by then,
 * whatever its client heard; what is not, never was: so few unknown outcomes are left to guess.
 */
function linearizableHistory(operations: readonly Recorded[], final: FinalState): RegisterOperation[] {
  const inState = new Set(Object.values(final.contents).flatMap(({ applied }) => applied))
  const reads = Object.entries(final.contents).map(([key, { value }]) => ({
    ...{ client: 'the end', input: { type: 'read', key } as const, output: value },
    ...{ invokedAt: final.atMs, returnedAt: final.atMs },
  }))
  return [...operations.flatMap((each) => checkable(each, inState, final.atMs)), ...reads]
}

function checkable(recorded: Recorded, inState: ReadonlySet<number>, endMs: number): RegisterOperation[] {
  const { client, outcome, input } = recorded
  const invokedAt = outcome?.invokedAt ?? recorded.invokedAt
  if (outcome?.became === 'ok') {
    const { value, returnedAt } = outcome
    return [{ client, input: registerInput(input), output: value, invokedAt, returnedAt }]
  }
  if (input.type === 'read' || !inState.has(input.id)) return []
  return [openCommand({ client, invokedAt }, input, endMs)]
}

/** A write has but one result; whether an unanswered compare-and-set found what it expected, nobody knows. */
function openCommand(
  by: Pick<RegisterOperation, 'client' | 'invokedAt'>,
  input: Command,
  endMs: number,
): RegisterOperation {
  if (input.type === 'write')
    return { ...by, input: registerInput(input), output: undefined, returnedAt: endMs }
  return { ...by, input: registerInput(input), output: unknownOutput }
}

function registerInput(input: Recorded['input']): RegisterInput<number> {
  const { key } = input
  if (input.type === 'read') return { type: 'read', key }
  if (input.type === 'write') return { type: 'write', key, value: input.id }
  return { type: 'compare-and-set', key, value: input.id, expected: input.expected }
}

// Small random histories. They are made by an object that really takes one operation after the other, so they are
// linearizable; `spoil` changes one output, which leaves some of them so and others not.

import { type CompletedOperation, isCompleted, type Operation, unknownOutput } from './operation.ts'

export type Random = (below: number) => number

/** xorshift32: whole numbers from 0 to `below` - 1. */
export function randomOf(seed: number): Random {
  let x = (seed * 2_654_435_761) >>> 0 || 1
  return (below) => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) % below
  }
}

/** What the object does, one operation after the other. */
export type Perform<Input, Output> = (input: Input) => Output

export interface RandomHistory<Input, Output> {
  readonly operations: number
  readonly input: (random: Random) => Input
  readonly perform: Perform<Input, Output>
  /** One operation of so many has an unknown outcome; 0: none. */
  readonly unknownOneIn: number
  /** How far an operation reaches around the moment of its effect. */
  readonly reach: number
}

export function randomHistory<Input, Output>(
  random: Random,
  { operations, input, perform, unknownOneIn, reach }: RandomHistory<Input, Output>,
): Operation<Input, Output>[] {
  return Array.from({ length: operations }, (_, moment): Operation<Input, Output> => {
    const operation = { client: random(3), input: input(random), invokedAt: moment - random(reach) }
    if (unknownOneIn === 0 || random(unknownOneIn) > 0) {
      return { ...operation, output: perform(operation.input), returnedAt: moment + random(reach) }
    }
    if (random(2) === 0) perform(operation.input)
    return { ...operation, output: unknownOutput }
  })
}

/** Gives one operation the output of another. */
export function spoil<Input, Output>(
  random: Random,
  history: readonly Operation<Input, Output>[],
): Operation<Input, Output>[] {
  const completed = history.filter(isCompleted)
  if (completed.length === 0) return [...history]
  const one = (): CompletedOperation<Input, Output> =>
    completed[random(completed.length)] as CompletedOperation<Input, Output>
  const [victim, donor] = [one(), one()]
  return history.map((operation) => (operation === victim ? { ...victim, output: donor.output } : operation))
}

// Histories as they read in tests: `done(client, input, output, [from, to])`, `lost(client, input, from)`.

import { type CompletedOperation, type UnknownOperation, unknownOutput } from './operation.ts'

export function done<Input, Output>(
  client: number,
  input: Input,
  output: Output,
  [invokedAt, returnedAt]: readonly [number, number],
): CompletedOperation<Input, Output> {
  return { client, input, output, invokedAt, returnedAt }
}

export function lost<Input>(client: number, input: Input, invokedAt: number): UnknownOperation<Input> {
  return { client, input, output: unknownOutput, invokedAt }
}

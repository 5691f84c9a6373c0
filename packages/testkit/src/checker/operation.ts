// What a history is made of. An operation that certainly did nothing ('unapplied') does not belong into one.

/** Stands for the output of an operation whose outcome nobody knows: it timed out, or its client crashed. */
export const unknownOutput: unique symbol = Symbol('unknown output')

export type UnknownOutput = typeof unknownOutput

/** An operation that returned. */
export interface CompletedOperation<Input, Output> {
  /** Who did it: for the explanation only, one client's operations may overlap. */
  readonly client: string | number
  readonly input: Input
  readonly output: Output
  /** Any unit, one clock for the whole history, which never goes back. */
  readonly invokedAt: number
  /** At or after `invokedAt`. Operations that touch at one instant count as concurrent. */
  readonly returnedAt: number
}

/** An operation that takes effect at any one moment after its invocation, or never. */
export interface UnknownOperation<Input> {
  readonly client: string | number
  readonly input: Input
  readonly output: UnknownOutput
  readonly invokedAt: number
}

export type Operation<Input, Output> = CompletedOperation<Input, Output> | UnknownOperation<Input>

export function isCompleted<Input, Output>(
  operation: Operation<Input, Output>,
): operation is CompletedOperation<Input, Output> {
  return operation.output !== unknownOutput
}

/** The instant after which an operation can no longer take effect. */
export function latestEffectAt(operation: Operation<unknown, unknown>): number {
  return isCompleted(operation) ? operation.returnedAt : Number.POSITIVE_INFINITY
}

/** @throws {RangeError} an instant is not a number, or an operation returned before it was invoked */
export function assertInstants(operation: Operation<unknown, unknown>): void {
  const { client, invokedAt } = operation
  if (!(invokedAt <= latestEffectAt(operation))) {
    throw new RangeError(
      `An operation of client ${client} is invoked at ${invokedAt} and returns at ${latestEffectAt(operation)}. ` +
        'Take both instants from one clock that never goes back; an operation without a result has unknownOutput.',
    )
  }
}

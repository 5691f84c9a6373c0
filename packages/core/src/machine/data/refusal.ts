// Why a value cannot be encoded, and where in it.

import { QuorateError } from '../../errors.ts'

/** @param path the keys that lead to what is refused */
export function refusal(what: string, path: readonly unknown[]): QuorateError {
  const where = path.length === 0 ? 'The value itself' : `The value at ${describePath(path)}`
  return new QuorateError(
    'Unserializable',
    `${where} is ${what}: only null, undefined, booleans, numbers, bigints, strings, Date, Uint8Array, arrays, ` +
      'plain objects, Map and Set can be sent and stored',
  )
}

/** Under this a class may say, of its prototype, what its instances are and where they belong. */
export const refusedAs: unique symbol = Symbol('refusedAs')

interface Described {
  readonly [refusedAs]?: string
  readonly constructor?: { name?: string }
}

export function describeInstance(prototype: Described): string {
  if (prototype[refusedAs] !== undefined) return prototype[refusedAs]
  const name = prototype.constructor?.name
  return name === 'Promise' ? 'a promise' : `an instance of ${name ?? 'a class'}`
}

function describePath(path: readonly unknown[]): string {
  const shown = path.length > 12 ? [...path.slice(0, 12), '…'] : path
  return shown.map((step) => (typeof step === 'string' ? `.${step}` : `[${describeStep(step)}]`)).join('')
}

function describeStep(step: unknown): string {
  return typeof step === 'object' || typeof step === 'function' ? typeof step : String(step)
}

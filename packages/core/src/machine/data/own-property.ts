// The properties of plain objects, as they are decoded.

import { malformed } from './malformed.ts'

const ordinary = { writable: true, enumerable: true, configurable: true }

/** @throws {QuorateError} `Malformed` */
export function ownKey(key: unknown): string {
  return typeof key === 'string' ? key : malformed('a key is no string')
}

export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  // An assignment would set the prototype instead.
  if (key === '__proto__') Object.defineProperty(object, key, { ...ordinary, value })
  else object[key] = value
}

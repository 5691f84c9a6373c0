// What names, owners and values may be. A key that a table does not take would stop every replica, so what comes from
// clients is looked at here once more, whatever the HTTP interface has let through.

import { reject } from './rejections.ts'
import { separator } from './state.ts'

export const nameLengthMax = 512
export const idLengthMax = 128
export const valueLengthMax = 4_096

/** @throws {Rejection} `bad-request` */
export function checkName(what: string, name: string, lengthMax: number = nameLengthMax): void {
  if (typeof name !== 'string' || name === '' || name.length > lengthMax || name.includes(separator))
    reject('bad-request', `${what} must be 1 to ${lengthMax} characters without a NUL`)
  // Values and tokens are given as objects by name, where many programs lose this one.
  if (name === '__proto__') reject('bad-request', `${what} must not be __proto__`)
}

/** @throws {Rejection} `bad-request` */
export function checkValue(what: string, value: string | null): void {
  if (value === null) return
  if (typeof value !== 'string' || value.length > valueLengthMax)
    reject('bad-request', `${what} must be a string of at most ${valueLengthMax} characters`)
}

// Why bytes are no values, and how deeply values nest at most.

import { QuorateError } from '../../errors.ts'
import { depthMax } from './tags.ts'

/** @throws {QuorateError} `Malformed` */
export function malformed(why: string): never {
  throw new QuorateError('Malformed', `These bytes are not what Quorate encoded: ${why}`)
}

/** @throws {QuorateError} `Malformed` */
export function beginsNoValue(kind: number): never {
  return malformed(`no value begins with ${kind}`)
}

/**
 * @param depth how many values with parts are open, the one that begins among them
 * @throws {QuorateError} `Malformed`
 */
export function checkDepth(depth: number): void {
  if (depth > depthMax) malformed('they nest too deeply')
}

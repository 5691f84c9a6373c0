// What a group's name may be: that of CPG (cpg_overview(8)), on every transport.

import { inspect } from 'node:util'
import { QuorateError } from '../errors.ts'

const groupNameBytesMax = 127

/**
 * Returns `group` when it can name a group.
 *
 * @throws {QuorateError} `BadOption`: it is no string, is empty, holds a NUL, or is longer than 127 bytes of UTF-8
 */
export function checkGroupName(group: string): string {
  if (typeof group !== 'string')
    bad(`group must be a string, the name of the group, and is ${inspect(group)}`)
  const bytes = Buffer.byteLength(group)
  if (bytes === 0) bad('The group name is empty; give it 1 to 127 bytes')
  if (bytes > groupNameBytesMax)
    bad(`The group name has ${bytes} bytes; at most ${groupNameBytesMax} are possible: ${group}`)
  if (group.includes('\0')) bad(`The group name holds a NUL byte, leave it out: ${JSON.stringify(group)}`)
  return group
}

function bad(message: string): never {
  throw new QuorateError('BadOption', message)
}

// What a group's name may be: that of CPG (cpg_overview(8)), on every transport.

const groupNameBytesMax = 127

/**
 * Returns `group` when it can name a group.
 *
 * @throws {RangeError} it is empty, holds a NUL, or is longer than 127 bytes of UTF-8
 */
export function checkGroupName(group: string): string {
  const bytes = Buffer.byteLength(group)
  if (bytes === 0) throw new RangeError('The group name is empty; give it 1 to 127 bytes.')
  if (bytes > groupNameBytesMax) {
    throw new RangeError(
      `The group name has ${bytes} bytes; at most ${groupNameBytesMax} are possible: ${group}`,
    )
  }
  if (group.includes('\0')) throw new RangeError(`The group name holds a NUL byte: ${JSON.stringify(group)}`)
  return group
}

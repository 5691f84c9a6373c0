// What fits into one line. The format has no quoting: what a line cannot hold cannot be said, and must not be
// written, because corosync would read something else.

/** Corosync reads lines into 512 bytes, of which the line feed and the final NUL take one each. */
export const lineBytesMax = 510

/**
 * Checks that corosync would read back exactly this key and value.
 *
 * @throws {RangeError} it would not; says which character or length is in the way
 */
export function checkKeyValue(key: string, value: string): void {
  if (!/^[A-Za-z0-9._/-]+$/.test(key)) {
    throw new RangeError(
      `corosync.conf cannot hold the key ${JSON.stringify(key)}: use letters, digits and ._/-`,
    )
  }
  if (/[{\r\n\0]|^[ \t]|[ \t]$/.test(value)) {
    throw new RangeError(
      `corosync.conf cannot hold this value of "${key}": ${JSON.stringify(value)} (no "{", no line feed, no space at the ends)`,
    )
  }
  if (Buffer.byteLength(`${key}: ${value}`) > lineBytesMax) {
    throw new RangeError(
      `The value of "${key}" is too long: a line of corosync.conf has at most ${lineBytesMax} bytes.`,
    )
  }
}

// Names of keys as libcmap takes them, and its errors with the key that they concern.

import { CorosyncError } from '@quorate/corosync-ffi'

/** CMAP_KEYNAME_MAXLEN. */
const keyBytesMax = 255

/** Room for any key and its NUL. */
export const keyMemoryBytes: number = keyBytesMax + 1

/**
 * `key` with the NUL at its end; also of a prefix. Which characters a key may have, the daemon says.
 *
 * @throws {CorosyncError} `CS_ERR_NAME_TOO_LONG`. Said here, because cmap_iter_init(3) and cmap_track_add(3) never
 * give back their hold of the connection when they say it: it could not be freed.
 * @throws {RangeError} it holds a NUL: C would end it there
 */
export function encodeKey(key: string, call: string): Uint8Array {
  if (key.includes('\0')) throw new RangeError(`${call}: the key ${JSON.stringify(key)} holds a NUL.`)
  const bytes = Buffer.from(`${key}\0`)
  if (bytes.length > keyMemoryBytes) throw explained(new CorosyncError('CS_ERR_NAME_TOO_LONG', call), key)
  return bytes
}

/** What {@link isKey} asks, for errors. */
export const keyRule = '3 to 255 characters of A-Z, a-z, 0-9 and ._-/:'

/** Whether CMAP takes `key` for a key. */
export function isKey(key: string): boolean {
  return /^[A-Za-z0-9._/:-]{3,255}$/.test(key)
}

/** The key in `memory`, up to its NUL. */
export function decodeKey(memory: Buffer): string {
  return memory.toString('latin1', 0, memory.indexOf(0))
}

const explanations: Readonly<Record<string, (key: string, call: string) => string>> = {
  CS_ERR_NOT_EXIST: (key) => `The map has no key "${key}" (corosync-cmapctl lists those that it has).`,
  CS_ERR_ACCESS: (key) =>
    `"${key}" is read-only. What stands in corosync.conf is changed there, on every node, then corosync-cfgtool -R.`,
  CS_ERR_NAME_TOO_LONG: (key) => `"${key}" cannot be a key: it takes ${keyRule}`,
  CS_ERR_INVALID_PARAM: (key, call) =>
    call === 'cmap_set'
      ? `The value for "${key}" is longer than 16,384 bytes.`
      : `"${key}" is no integer, which ${call} needs.`,
  CS_ERR_NOT_SUPPORTED: (key) => `The map does not do that with "${key}".`,
}

/** `error`, with the key; what is no answer to a key is returned as it is. */
export function explained(error: unknown, key: string): unknown {
  if (!(error instanceof CorosyncError)) return error
  const explain = explanations[error.code]
  return explain === undefined ? error : new CorosyncError(error.code, error.call, explain(key, error.call))
}

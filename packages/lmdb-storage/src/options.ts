// What a storage is opened with: completed, and refused with what to change.

import { isAbsolute } from 'node:path'
import { inspect } from 'node:util'
import { QuorateError } from '@quorate/core'

export interface LmdbStorageOptions {
  /**
   * The directory of this one replica, absolute: empty, or not there yet, or what an earlier one has left. On a local
   * file system.
   */
  readonly path: string
  /** The largest the file may become, bytes; a write that would need more fails. Default: as its file system has room. */
  readonly fileBytesMax?: number | undefined
}

const names: readonly string[] = Object.keys({
  path: true,
  fileBytesMax: true,
} satisfies { readonly [Name in keyof Required<LmdbStorageOptions>]: true })

/** @throws {QuorateError} `BadOption`: what to change */
export function completeOptions(
  options: LmdbStorageOptions,
): Required<{ path: string; fileBytesMax: number }> {
  if (typeof options !== 'object' || options === null) bad('it takes options; at least path')
  const unknown = Object.keys(options).find((name) => !names.includes(name))
  if (unknown !== undefined) bad(`there is no option ${unknown}; there are: ${names.join(', ')}`)
  const { path, fileBytesMax = Number.POSITIVE_INFINITY } = options
  if (typeof path !== 'string' || !isAbsolute(path))
    bad(
      `path must be the absolute path of a directory, such as '/var/lib/service/replica', and is ${inspect(path)}`,
    )
  if (typeof fileBytesMax !== 'number' || !(fileBytesMax >= fileBytesMin))
    bad(`fileBytesMax must be a number of bytes, at least ${fileBytesMin}, and is ${inspect(fileBytesMax)}`)
  return { path, fileBytesMax }
}

/** Less has no room for anything. */
const fileBytesMin = 16 * 1024 * 1024

function bad(message: string): never {
  throw new QuorateError('BadOption', `openLmdbStorage: ${message}`)
}

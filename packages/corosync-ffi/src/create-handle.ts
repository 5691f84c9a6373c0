// How a handle comes into being, of whatever library: its function writes it to its first argument.

import type { Argument, Library } from './library.ts'
import { tryAgain } from './try-again.ts'

/** How long connecting tries again: a daemon that is starting answers so. */
const connectTimeoutMs = 10_000

/**
 * The handle that the library's function `name` creates, on a thread; `args` are what follows the handle.
 *
 * @throws {CorosyncError} `LIBRARY_MISSING`, `CS_ERR_LIBRARY` (corosync does not run), `CS_ERR_ACCESS`, …
 */
export async function createHandle(library: Library, name: string, ...args: Argument[]): Promise<bigint> {
  const handle = new BigUint64Array(1)
  await tryAgain(connectTimeoutMs, () => library.createOnThread(name, handle, ...args))
  return handle[0] as bigint
}

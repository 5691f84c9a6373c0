// Freeing a handle in bounded time: the library waits for the daemon's answer, for ever when the daemon hangs, and
// the process could not end.

import { shutdown } from './libc.ts'
import type { NativeFunction } from './library.ts'
import { within } from './within.ts'

/** How long the daemon has to answer, and after that the library to see that it is cut off. */
const answerTimeoutMs = 1000
const cutOffTimeoutMs = 3000

/** What is to be freed. */
export interface Finalizable {
  readonly handle: bigint
  readonly fd: number
}

/**
 * Frees a handle on a thread, by the library's function `finalize`, once `idle` is fulfilled: no call is inside the
 * handle. A daemon that does not answer within a second is cut off.
 */
export async function finalizeWithin(
  { handle, fd }: Finalizable,
  finalize: NativeFunction,
  idle: Promise<void>,
): Promise<void> {
  const freed = idle.then(() => onThread(finalize, handle))
  const cutOff = async (): Promise<void> => {
    shutdown(fd)
    await within(cutOffTimeoutMs, freed, () => undefined)
  }
  await within(answerTimeoutMs, freed, cutOff)
}

/** What finalize answers is of no use: it frees the handle in any case. */
function onThread(finalize: NativeFunction, handle: bigint): Promise<void> {
  return new Promise((resolve) => {
    finalize.async(handle, () => resolve())
  })
}

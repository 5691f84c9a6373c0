// CS_ERR_TRY_AGAIN is an answer, not a failure: membership changes give it for some 0.16 s, a leave that is still in
// flight until it has been ordered.

import { setTimeout as sleep } from 'node:timers/promises'
import { CorosyncError } from './errors.ts'

const firstPauseMs = 5
const pauseMsMax = 100

/**
 * Runs `attempt` until it does not fail with CS_ERR_TRY_AGAIN, with growing pauses.
 *
 * @throws {CorosyncError} the last one, after `timeoutMs`; any other error at once
 */
export async function tryAgain<T>(timeoutMs: number, attempt: () => T | Promise<T>): Promise<T> {
  const endMs = performance.now() + timeoutMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof CorosyncError) || error.code !== 'CS_ERR_TRY_AGAIN') throw error
      if (performance.now() + pauseMs > endMs) throw givenUp(error, timeoutMs)
    }
    await sleep(pauseMs)
  }
}

function givenUp({ code, call }: CorosyncError, timeoutMs: number): CorosyncError {
  const hint =
    `So for ${timeoutMs / 1000} s: the daemon finds no ring, or has more to do than it can ` +
    '(corosync-quorumtool -s, and its log).'
  return new CorosyncError(code, call, hint)
}

// Waiting in tests for what comes by itself.

import { setTimeout as sleep } from 'node:timers/promises'

const timeoutMs = 20_000

/** Waits for `condition`, or until waiting is of no use; what the test asserts then says what is missing. */
export async function waitUntil(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + timeoutMs
  while (!condition() && performance.now() < endMs) await sleep(10)
}

// Waiting for something outside of this process: by looking again and again, never without a limit, and never with
// an error that says no more than "timeout".

import { setTimeout as sleep } from 'node:timers/promises'

/** What is awaited. */
export interface Wait<T> {
  /** Completes the sentence "Waited … for". */
  readonly what: string
  readonly timeoutMs: number
  /** Pause between two looks; 50 by default. */
  readonly intervalMs?: number
  /** Looks once; `undefined` means not yet. What it throws ends the wait. */
  readonly look: () => T | undefined | Promise<T | undefined>
  /** What the last look saw, and what helps to understand it. Asked only when the time is up. */
  readonly seen: () => string
}

/**
 * The first value that `look` finds.
 *
 * @throws {Error} nothing within `timeoutMs`; says what was awaited and what was seen
 */
export async function waitFor<T>({ what, timeoutMs, intervalMs = 50, look, seen }: Wait<T>): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() >= deadline) throw new Error(`Waited ${timeoutMs} ms for ${what}.\n${seen()}`)
    await sleep(intervalMs)
  }
}

/**
 * The outcome of `promise`, unless it takes too long.
 *
 * @throws {Error} it is still open after `timeoutMs`; names `what`
 */
export async function within<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  const over = new AbortController()
  const limit = sleep(timeoutMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`Waited ${timeoutMs} ms for ${what}.`)
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    limit.catch(() => undefined)
    over.abort()
  }
}

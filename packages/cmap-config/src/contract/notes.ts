// How the contract writes down what was told, and waits for it.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CmapChanges, CmapDifference, CmapEntry, CmapKeys, ConfigMap } from '../config-map.ts'

const pollMs = 5
const waitTimeoutMs = 10_000
/** Long enough for a change to be told, if it were. */
const quietMs = 300

/** A tracking and what it was told, a line for each key: `a.b: 1 → 2`. */
export interface Notes {
  readonly entries: readonly CmapEntry[]
  readonly lines: readonly string[]
  stop(): void
}

const shown = (value: CmapDifference['value']): string => (value === undefined ? '-' : `${value.value}`)

export function note({ differences }: CmapChanges): string[] {
  return differences.map(({ key, value, oldValue }) => `${key}: ${shown(oldValue)} → ${shown(value)}`)
}

/** Tracks; `react` is called with each set of changes after it was written down. */
export async function takeNotes(
  map: ConfigMap,
  keys: CmapKeys,
  react: (notes: Notes) => void = () => undefined,
): Promise<Notes> {
  const lines: string[] = []
  const tracking = await map.track(keys, (changes) => {
    lines.push(...note(changes))
    react(notes)
  })
  const notes: Notes = { entries: tracking.entries, lines, stop: () => tracking.stop() }
  return notes
}

/** Waits until these lines have been told, and no others. */
export async function told(notes: Notes, ...lines: string[]): Promise<void> {
  await until(() => notes.lines.length >= lines.length)
  assert.deepEqual(notes.lines, lines)
}

/** Waits for what was not to be told. */
export function quiet(): Promise<void> {
  return sleep(quietMs)
}

/** Waits for `condition`, or until waiting is of no use; what follows says what is missing. */
export async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + waitTimeoutMs
  while (!condition() && performance.now() < endMs) await sleep(pollMs)
}

/** That `failing` fails with this code, and names `name`. */
export function rejects(failing: Promise<unknown>, code: string, name = ''): Promise<void> {
  return assert.rejects(failing, (error: Error & { code?: string }) => {
    assert.equal(error.code, code)
    assert.ok(error.message.includes(name), `${JSON.stringify(error.message)} does not name ${name}`)
    return true
  })
}

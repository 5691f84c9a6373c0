// What is kept of a run, so that one can see how it came to its end.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NemesisEvidence, NemesisResult } from '@quorate/testkit/nemesis'

/** Writes it into a new folder, and returns its path. */
export function keepEvidence(result: NemesisResult, { operations, logs }: NemesisEvidence): string {
  const folder = mkdtempSync(join(tmpdir(), `quorate-nemesis-seed-${result.seed}-`))
  const files = {
    'result.json': JSON.stringify(result, null, 2),
    'history.jsonl': operations.map((operation) => `${JSON.stringify(operation)}\n`).join(''),
    ...logs,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

/** How to look at it. */
export function explainEvidence(folder: string): string {
  return `Kept in ${folder}:
  result.json      the verdict and what was violated
  nemesis.log      every fault, and what each replica reported, by time
  history.jsonl    every operation: client, input, outcome; instants in milliseconds of the machine's clock
  corosync-N.log   each node's daemon`
}

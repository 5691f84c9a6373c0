// What is stored, as if it ended at an index.

import { QuorateError } from '../errors.ts'
import type { Index } from '../log/entry.ts'
import type { Stored } from '../ports/storage.ts'

/** @throws {QuorateError} `BadOption`: the state at `index` cannot be had from it */
export function upTo(stored: Stored, index: Index): Stored {
  const { record, snapshot, start, entries } = stored
  const oldest = snapshot?.index ?? 0
  const newest = start.index + entries.length
  if (index < oldest) bad(`the oldest state here is that of index ${oldest}, and ${index} is asked for`)
  if (index > newest) bad(`the last entry here is ${newest}, and ${index} is asked for`)
  const [certain, commit] = [Math.min(record.certain, index), Math.min(record.commit, index)]
  return {
    ...stored,
    record: { ...record, certain, commit },
    entries: entries.slice(0, index - start.index),
  }
}

function bad(message: string): never {
  throw new QuorateError('BadOption', message)
}

// What a running replica has applied, in the form in which a storage gives what it holds: for backups, while commands go
// on.

import { setImmediate as turn } from 'node:timers/promises'
import type { Chain } from '../log/entry.ts'
import type { SliceEncoder } from '../machine/data/slice-encoder.ts'
import type { StorageOwner, Stored } from '../ports/storage.ts'
import { recordOf } from '../protocol/persist.ts'
import type { Loop } from './loop.ts'

/** As of now: what is applied meanwhile does not show in it. */
export function capture({ engine, state }: Loop, owner: StorageOwner): Stored {
  const { index } = state
  const { log, limits } = engine.state
  const at = { index, chain: log.chainAt(index) as Chain }
  return {
    owner,
    record: { ...recordOf(engine.state), certain: index, commit: index },
    snapshot: { ...at, pieces: piecesOf(state.captureSnapshot(), limits.chunkBytesMax) },
    start: at,
    entries: [],
  }
}

/** A turn of the event loop for each, however fast they are taken. */
async function* piecesOf(slices: SliceEncoder, bytesMax: number): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { bytes, isLast } = slices.next(bytesMax)
    yield bytes
    if (isLast) return
    await turn()
  }
}

// What `quorate inspect` finds.

import type { StorageOwner, StorageRecord } from '@quorate/core'
import { endOf } from '@quorate/core/tools'
import type { Source } from '../source.ts'

export interface Inspection {
  readonly owner: StorageOwner
  readonly record: StorageRecord
  readonly snapshot: { readonly index: number; readonly bytes: number } | null
  /** `first` to `last`; with `entries` 0 there is none, and `last` is what the next one follows. */
  readonly log: {
    readonly first: number
    readonly last: number
    readonly entries: number
    /** Of their payloads. */
    readonly bytes: number
  }
  /** Ends of what was set aside, oldest first. */
  readonly asides: readonly { readonly commit: number; readonly last: number }[]
  readonly fileBytes: number
  /** Of a backup. */
  readonly digest: string | null
}

/** Reads the snapshot as a whole: what is damaged in it is found. */
export async function inspection(
  { stored, asides, fileBytes, digest }: Source,
  signal: AbortSignal,
): Promise<Inspection> {
  const { owner, record, snapshot, start, entries } = stored
  let snapshotBytes = 0
  for await (const { length } of snapshot?.pieces ?? []) {
    signal.throwIfAborted()
    snapshotBytes += length
  }
  const bytes = entries.reduce((sum, { payload }) => sum + payload.length, 0)
  return {
    ...{ owner, record, fileBytes, digest },
    snapshot: snapshot && { index: snapshot.index, bytes: snapshotBytes },
    log: { first: start.index + 1, last: endOf(stored).index, entries: entries.length, bytes },
    asides: (await asides()).map((aside) => ({ commit: aside.record.commit, last: endOf(aside).index })),
  }
}

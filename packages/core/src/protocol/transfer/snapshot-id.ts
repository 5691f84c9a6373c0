// A snapshot's name: where it stands, and what is in it. Design: docs/protocol.md, "Catching up".

import type { SnapshotId } from '../../wire/messages.ts'

export function sameSnapshot(a: SnapshotId, b: SnapshotId): boolean {
  return a.index === b.index && a.chain === b.chain && a.digest === b.digest
}

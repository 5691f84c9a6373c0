// A backup by the service itself, while commands go on.

import { resolve } from 'node:path'
import type { Replica } from '@quorate/core'
import { type BackupSummary, type LongWork, writeBackup } from './backup/write-backup.ts'

/**
 * Writes a backup of an open replica: of a state that has all that anybody was told is committed before the call. The
 * state is encoded piece by piece, with a turn of the event loop between two, while commands are applied.
 *
 * ```ts
 * await backUp(replica, `/var/backups/service-${Date.now()}.backup`)
 * ```
 *
 * @param file must not be there yet
 * @throws {QuorateError} as `Replica.read`, `NoQuorum` among others; `BadOption`: the file is there; `StorageFailed`: it
 * cannot be written; `Unserializable`. Nothing is left then
 * @throws the signal's reason
 */
export async function backUp(replica: Replica, file: string, work: LongWork = {}): Promise<BackupSummary> {
  const { signal } = work
  // At once: before the read is heard of here, the replica may have begun anew.
  const stored = await replica.read(() => replica.capture(), signal === undefined ? {} : { signal })
  return writeBackup(resolve(file), stored, work)
}

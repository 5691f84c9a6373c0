// How LMDB is opened, wherever it is.

import { accessSync, constants, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { pageBytes } from './space.ts'

/** In a directory of LMDB. */
export const dataName = 'data.mdb'

/** Memory addresses, not memory: LMDB maps the file, and maps it anew, twice as large, when it has outgrown this. */
const mapBytes = 2 ** 30

/** Of all that is opened here: one process, one thread, one tree. */
const ofAll = {
  keyEncoding: 'binary',
  encoding: 'binary',
  maxDbs: 1,
  maxReaders: 8,
  permissionsMode: 0o600,
  // A transaction writes its pages, syncs them, and then writes the page that leads to them, O_DSYNC; then it has ended.
  // With overlapping sync, which is lmdb's default, it can be read before it is synced, and a sync that fails is told
  // to nobody.
  overlappingSync: false,
  // Otherwise lmdb makes a transaction of each turn, with a promise that nobody has: where it is rejected, the process
  // ends.
  eventTurnBatching: false,
} as const

/**
 * @param folder in which LMDB's files are, or come to be
 * @throws {Error} of LMDB, or of the file system
 */
export function openLmdb(
  folder: string,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): RootDatabase<Buffer, Buffer> {
  if (!readOnly) takeRoomForReaders(join(folder, 'lock.mdb'))
  // A folder whose name has a dot in it would be taken for a file.
  return open<Buffer, Buffer>({
    ...ofAll,
    ...{ path: folder, readOnly },
    noSubdir: false,
    pageSize: pageBytes,
    mapSize: mapBytes,
  })
}

/**
 * LMDB makes this file with a hole in it, and maps it: on a full disk the first touch would end the process (SIGBUS).
 * Where it cannot open the file, that ends the process as well (SIGSEGV).
 */
function takeRoomForReaders(file: string): void {
  if (!existsSync(file)) writeFileSync(file, Buffer.alloc(pageBytes), { mode: 0o600, flush: true })
  accessSync(file, constants.R_OK | constants.W_OK)
}

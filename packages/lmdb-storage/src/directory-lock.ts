// Who has the directory. LMDB keeps a table of the processes that read a database, and the kernel's locks in its file
// say which of them live: these end with their process, however it dies. So the lock is a database of its own, with
// nothing in it, that its holder reads. Whoever finds another reader leaves again.
//
// It covers processes of one host, in whatever container: the directory must not be on a network file system.

import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { dataName, openLmdb } from './lmdb.ts'
import { checkPages } from './page-check/check-pages.ts'
import { Damage } from './page-check/damage.ts'

export interface DirectoryLock {
  release(): Promise<void>
}

/**
 * @param refusal what is thrown where another has it: made of who that is
 * @throws {QuorateError} another has it
 */
export async function lockDirectory(
  folder: string,
  refusal: (found: string) => Error,
): Promise<DirectoryLock> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  await removeTorn(join(folder, dataName))
  const lmdb = openLmdb(folder)
  const [other] = otherReaders(lmdb)
  if (other === undefined) return { release: () => lmdb.close() }
  await lmdb.close()
  throw refusal(
    other === process.pid
      ? 'is open in this process already, or in one of the same number in another container'
      : `is in use by process ${other}`,
  )
}

/** Nobody could have it open. A loss of power may leave it so, and LMDB would end the process (SIGSEGV). */
async function removeTorn(data: string): Promise<void> {
  if (!existsSync(data)) return
  try {
    await checkPages(data)
  } catch (error) {
    if (!(error instanceof Damage)) throw error
    // Another process may have found it so, too.
    rmSync(data, { force: true })
  }
}

/** Without its own read, which would wait, and all of this process with it, for the end of one of the same number. */
function otherReaders(lmdb: ReturnType<typeof openLmdb>): number[] {
  const before = readersOf(lmdb.readerList())
  if (before.includes(process.pid)) return [process.pid]
  // The first read enters this process into the table.
  lmdb.get(Buffer.of(0))
  return readersOf(lmdb.readerList()).filter((pid) => pid !== process.pid)
}

/** Of a table with a head, and a line for each reader that begins with the number of its process. */
const readersOf = (table: string): number[] =>
  [...table.matchAll(/^\s*(\d+)\s/gm)].map(([, pid]) => Number(pid))

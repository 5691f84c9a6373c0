// Who has the directory. LMDB keeps a table of the processes that read a database, and the kernel's locks in its file
// say which of them live: these end with their process, however it dies. So the lock is a database of its own, with
// nothing in it, that its holder reads. Whoever finds another reader leaves again.
//
// It covers processes of one host, in whatever container: the directory must not be on a network file system.

import { mkdirSync } from 'node:fs'
import { openLmdb } from './lmdb.ts'

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
  const lmdb = openLmdb(folder)
  // The first read enters this process into the table.
  lmdb.get(Buffer.of(0))
  const others = readersOf(lmdb.readerList())
  others.splice(others.indexOf(process.pid), 1)
  const [other] = others
  if (other === undefined) return { release: () => lmdb.close() }
  await lmdb.close()
  throw refusal(other === process.pid ? 'is open in this process already' : `is in use by process ${other}`)
}

/** Of a table with a head, and a line for each reader that begins with the number of its process. */
const readersOf = (table: string): number[] =>
  [...table.matchAll(/^\s*(\d+)\s/gm)].map(([, pid]) => Number(pid))

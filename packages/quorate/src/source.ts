// What the program reads: a replica's directory, or a backup; or what the replica has set aside.

import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { QuorateError, type Stored } from '@quorate/core'
import { readLmdbStorage } from '@quorate/lmdb-storage'
import { openBackup } from './backup/read-backup.ts'
import type { LongWork } from './backup/write-backup.ts'

export interface Source {
  readonly stored: Stored
  readonly fileBytes: number
  /** What was set aside; a backup has none. Read when it is asked for. */
  asides(): Promise<readonly Stored[]>
  /** Of a backup. */
  readonly digest: string | null
  close(): Promise<void>
}

/**
 * @param aside which of those that were set aside, counted from 1, the oldest; `undefined`: none of them
 * @throws {QuorateError} as `readLmdbStorage` and `openBackup`; `BadOption`: nothing is in it, or set aside
 */
export async function openSource(given: string, aside?: number, work: LongWork = {}): Promise<Source> {
  const path = resolve(given)
  const source = await (isFile(path) ? fromBackup(path, work) : fromDirectory(path))
  try {
    return { ...source, stored: await chosen(path, source, aside) }
  } catch (error) {
    await source.close()
    throw error
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const todo =
      code === 'EACCES' ? `read it as its owner, and not as user ${process.getuid?.()}` : 'see to that'
    return bad(`${path} cannot be looked at (${message}): ${todo}`)
  }
}

type Found = Omit<Source, 'stored'> & { readonly stored: Stored | null }

async function fromBackup(path: string, work: LongWork): Promise<Found> {
  return { ...(await openBackup(path, work)), asides: async () => [] }
}

async function fromDirectory(path: string): Promise<Found> {
  const reader = await readLmdbStorage(path)
  try {
    const stored = await reader.load()
    const { fileBytes } = reader
    return { stored, fileBytes, digest: null, asides: () => reader.asides(), close: () => reader.close() }
  } catch (error) {
    await reader.close()
    throw error
  }
}

async function chosen(path: string, { stored, asides }: Found, aside: number | undefined): Promise<Stored> {
  if (aside === undefined) return stored ?? bad(`${path} has a storage to which no replica has written yet`)
  const all = await asides()
  const count = all.length === 0 ? 'nothing' : `${all.length}: give --aside 1 to ${all.length}`
  return all[aside - 1] ?? bad(`Of what ${path} has set aside there is no ${aside}; there is ${count}`)
}

function bad(message: string): never {
  throw new QuorateError('BadOption', message)
}

// The directory: `storage`, which is made under another name and has its own once it is whole; `lock`; nothing else. A
// crash at any moment leaves a directory that can be opened.

import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { emptyContents, encodeJson } from './contents.ts'
import { DataFile } from './data-file.ts'
import { unusable } from './errors.ts'
import { checkFormat, formatName, formatText } from './format.ts'
import { headKey, rootKey } from './keys.ts'
import { seal } from './sealed.ts'

/** What may be in the directory. */
export const names = { storage: 'storage', unfinished: 'storage.unfinished', lock: 'lock' } as const

/**
 * That the directory can be used; makes it if there is none, and changes nothing else.
 *
 * @throws {QuorateError} `BadOption`: it cannot; `VersionTooNew`; `Malformed`
 */
export function checkDirectory(path: string): void {
  makeDirectory(path)
  checkAccess(path)
  checkOwn(path)
  const storage = join(path, names.storage)
  if (existsSync(storage)) checkFormat(path, join(storage, formatName))
}

function makeDirectory(path: string): void {
  if (isDirectory(path)) return
  try {
    const first = mkdirSync(path, { recursive: true, mode: 0o700 })
    // Each that was made is on disk when the one above it is.
    for (let made = path; first !== undefined && made.length >= first.length; made = dirname(made))
      syncFolder(dirname(made))
  } catch (error) {
    throw unreachable(path, error as Error)
  }
}

function isDirectory(path: string): boolean {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined || found.isDirectory()) return found !== undefined
  } catch (error) {
    throw unreachable(path, error as Error)
  }
  throw unusable(path, 'is no directory', 'give the path of one, or of nothing')
}

const unreachable = (path: string, error: Error): Error =>
  unusable(path, `cannot be made (${error.message})`, 'make it, or let this user make it', error)

function checkAccess(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EROFS')
      throw unusable(path, 'is on a file system that is mounted read-only', 'mount it to be written', error)
    throw unusable(
      path,
      `cannot be read and written by user ${process.getuid?.()} (${message})`,
      'change its owner, or run the replica as that one',
      error,
    )
  }
}

function checkOwn(path: string): void {
  const known: readonly string[] = Object.values(names)
  const foreign = readdirSync(path).find((name) => !known.includes(name))
  if (foreign !== undefined)
    throw unusable(
      path,
      `holds '${foreign}', which is no part of a storage`,
      'give a directory that is empty, or the path of none',
    )
}

/** An empty storage, if there is none. By the one who has the lock. */
export async function ensureStorage(path: string): Promise<void> {
  if (!existsSync(join(path, names.storage))) await makeStorage(path)
  // Also where the one that made it was killed before it came here.
  syncFolder(path)
}

async function makeStorage(path: string): Promise<void> {
  const unfinished = join(path, names.unfinished)
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  writeFileSync(join(unfinished, formatName), formatText, { mode: 0o600, flush: true })
  await writeEmpty(path, unfinished)
  syncFolder(unfinished)
  renameSync(unfinished, join(path, names.storage))
}

async function writeEmpty(path: string, folder: string): Promise<void> {
  const file = await DataFile.open(path, folder, Number.POSITIVE_INFINITY)
  const { root, head } = emptyContents
  const puts = [
    { key: rootKey, value: seal(rootKey, encodeJson(root)) },
    { key: headKey(root.current), value: seal(headKey(root.current), encodeJson(head)) },
  ]
  try {
    await file.commit({ puts, removes: [] })
  } finally {
    await file.close()
  }
}

/** A name that was given or taken is on disk when its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

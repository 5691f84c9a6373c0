// Which format the directory has: a file of JSON that is read before anything is opened, and written once.

import { readFileSync } from 'node:fs'
import { QuorateError } from '@quorate/core'
import { damaged, unusable } from './errors.ts'

export const formatName = 'format.json'

/** Raised by a change that a program of before would misread. */
const format = 1

const what = 'the storage of a Quorate replica, by @quorate/lmdb-storage'

export const formatText: string = `${JSON.stringify({ what, format })}\n`

/** @throws {QuorateError} `VersionTooNew`; `Malformed`: it is none; `BadOption`: it is another user's */
export function checkFormat(path: string, file: string): void {
  const found = formatOf(path, file)
  if (found <= format) return
  throw new QuorateError(
    'VersionTooNew',
    `The storage in ${path} has format ${found}, and this program knows up to ${format}: start one with a newer ` +
      '@quorate/lmdb-storage. Nothing in it was changed',
  )
}

function formatOf(path: string, file: string): number {
  const text = readText(path, file)
  const found = /"format":(\d+)/.exec(text)?.[1]
  if (found === undefined || !text.startsWith(`{"what":"${what}"`))
    throw damaged(path, `${file} does not say which format it has`)
  return Number(found)
}

function readText(path: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EACCES')
      throw unusable(
        path,
        `holds what user ${process.getuid?.()} may not read (${message})`,
        'change the owner of all that is in it, or run the replica as that one',
        error,
      )
    throw damaged(path, `${file} cannot be read (${message})`)
  }
}

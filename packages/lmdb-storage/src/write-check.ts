// A write that does not follow what is there is the writer's mistake: nothing of it is done.

import type { StorageWrite } from '@quorate/core'
import type { Contents } from './contents.ts'

/** @throws {Error} what the write leaves out */
export function checkWrite({ root, head }: Contents, write: StorageWrite): void {
  checkParts(root.parts?.bytes ?? 0, write)
  const { setAside, begin, truncate, append = [], forget } = write
  const from = begin?.index ?? (setAside ? 0 : undefined)
  const start = from ?? head.start.index
  const end = from ?? head.end
  if (truncate !== undefined && (truncate < start || truncate > end))
    throw new Error(`truncate: ${truncate} lies outside of the log, which has ${start} to ${end}.`)
  const endThen = (truncate ?? end) + append.length
  if (forget !== undefined && forget > endThen)
    throw new Error(`forget: ${forget} lies behind the end of the log, ${endThen}.`)
}

function checkParts(bytes: number, { part, snapshot }: StorageWrite): void {
  if (part !== undefined && part.offset !== 0 && part.offset !== bytes)
    throw new Error(`part: it lies at ${part.offset}, and those before it have ${bytes} bytes.`)
  if (snapshot !== undefined && bytes === 0) throw new Error('snapshot: no part of it has come.')
}

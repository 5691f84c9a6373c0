// A file as a loss of power may leave it: what was synced is there; of the rest, any sectors.

import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import type { Call, FileWrite } from './recorded-calls.ts'

const pageBytes = 4096
const sectorBytes = 512
const sectorsInPage = pageBytes / sectorBytes

/** Whether a sector that was not synced is there: by its number in the file, and by its place among them. */
export type Way = (sector: number, place: number) => boolean

/** In some of them pages are there or not, in others they are torn. */
export const ways: readonly Way[] = [
  () => false,
  () => true,
  (_, place) => place % 2 === 0,
  (sector) => Math.floor(sector / sectorsInPage) % 2 === 0,
  (sector) => Math.floor(sector / sectorsInPage) % 3 !== 0,
  (_, place) => place < 5,
  (_, place) => place >= 5,
  (sector) => sector % sectorsInPage < sectorsInPage - 1,
  (sector, place) => Math.imul(sector + 1, place + 7) % 5 < 2,
]

/** What a file holds when the power goes after these calls; `before` is what it held before them. */
export function lostContent(before: Buffer, calls: readonly Call[], isThere: Way): Buffer {
  let content: Buffer = Buffer.from(before)
  let unsynced: readonly FileWrite[] = []
  for (const call of calls) {
    if (call.call === 'write') unsynced = [...unsynced, call.write]
    if (call.call !== 'synced') continue
    content = call.writes.reduce(withBytes, content)
    unsynced = unsynced.filter((write) => !call.writes.includes(write))
  }
  return unsynced
    .flatMap(sectorsOf)
    .filter(({ at }, place) => isThere(Math.floor(at / sectorBytes), place))
    .reduce(withBytes, content)
}

/** The parts of a write that are there or not, each as a whole. */
function sectorsOf({ at, bytes }: FileWrite): FileWrite[] {
  const sectors: FileWrite[] = []
  for (let from = at; from < at + bytes.length; ) {
    const to = Math.min(at + bytes.length, from - (from % sectorBytes) + sectorBytes)
    sectors.push({ at: from, bytes: bytes.subarray(from - at, to - at) })
    from = to
  }
  return sectors
}

/** In place, where it does not become longer. */
function withBytes(content: Buffer, { at, bytes }: FileWrite): Buffer {
  const end = at + bytes.length
  const all = end > content.length ? Buffer.concat([content], end) : content
  bytes.copy(all, at)
  return all
}

const zeros = Buffer.alloc(pageBytes)

/** Leaves a hole where the last pages are zeros. */
export function writeContent(path: string, content: Buffer): void {
  let end = content.length - (content.length % pageBytes)
  while (end > 0 && content.subarray(end - pageBytes, end).equals(zeros)) end -= pageBytes
  const file = openSync(path, 'w')
  writeSync(file, content, 0, end)
  ftruncateSync(file, content.length)
  closeSync(file)
}

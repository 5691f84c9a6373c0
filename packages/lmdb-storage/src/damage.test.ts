// Whatever byte of the file is another: it is found when the storage is opened and read, or it was nobody's.

import { closeSync, openSync, readFileSync, readSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { QuorateError } from '@quorate/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openLmdbStorage } from './open-storage.ts'
import {
  contentOf,
  entries,
  owner,
  record,
  type TestFolder,
  testFolder,
  written,
} from './storage.test-support.ts'

const test = suite('a damaged file')
const pageBytes = 4096

/** Of several pages of each kind: branches, leaves, long values, and a list of free pages. */
async function writeSome({ path }: TestFolder): Promise<void> {
  const storage = await openLmdbStorage({ path })
  await written(storage, { owner, record: record(0) })
  const log = entries(600)
  for (let i = 0; i < 600; i += 20)
    await written(storage, {
      record: record(i),
      append: log.slice(i, i + 20),
      ...(i > 60 && { forget: i - 40 }),
    })
  for (const place of [0, 1, 2])
    await written(storage, { part: { offset: place * 9000, bytes: new Uint8Array(9000).fill(place) } })
  await written(storage, { snapshot: { index: 3, chain: (log[2] as (typeof log)[0]).chain } })
  await storage.close()
}

function flip(file: string, at: number): void {
  const descriptor = openSync(file, 'r+')
  const byte = Buffer.alloc(1)
  readSync(descriptor, byte, 0, 1, at)
  writeSync(descriptor, Buffer.of((byte[0] as number) ^ (1 << (at % 8))), 0, 1, at)
  closeSync(descriptor)
}

/** Pages that are not nothing but zeros. */
function pagesOf(bytes: Buffer): number[] {
  const pages = Array.from({ length: bytes.length / pageBytes }, (_, page) => page)
  return pages.filter((page) =>
    bytes.subarray(page * pageBytes, (page + 1) * pageBytes).some((byte) => byte !== 0),
  )
}

test('one bit of any page: found, or without effect', async () => {
  const folder = testFolder()
  try {
    await writeSome(folder)
    const whole = await contentOf(folder.path)
    const file = join(folder.path, 'storage/data.mdb')
    let found = 0
    for (const page of pagesOf(readFileSync(file)))
      for (const within of [0, 10, 17, 19, 21, 25, 33, 70, 128 + (page % 24), 2000 + page, 4088]) {
        const at = page * pageBytes + within
        flip(file, at)
        const content = await contentOf(folder.path).catch((error: unknown) => error)
        if (content instanceof Error) {
          assert.instance(content, QuorateError)
          assert.is((content as QuorateError).code, 'Malformed', content.message)
          assert.match(content.message, folder.path)
          found += 1
        } else assert.equal(content, whole, `byte ${within} of page ${page}`)
        flip(file, at)
      }
    assert.ok(found > 60, `${found} were found`)
    assert.equal(await contentOf(folder.path), whole)
  } finally {
    folder.remove()
  }
})

test('a file that ends too early, has gone, or is another', async () => {
  const folder = testFolder()
  try {
    await writeSome(folder)
    for (const length of [0, 100, 5000, 3 * pageBytes]) {
      const path = folder.copy(`cut-${length}`)
      truncateSync(join(path, 'storage/data.mdb'), length)
      await rejects(path, /damaged/)
    }
  } finally {
    folder.remove()
  }
})

async function rejects(path: string, words: RegExp): Promise<void> {
  const error = await contentOf(path).catch((thrown: unknown) => thrown)
  assert.instance(error, QuorateError)
  assert.is((error as QuorateError).code, 'Malformed')
  assert.match((error as QuorateError).message, words)
}

test.run()

// A full disk, and one that is read-only: the process lives, hears of it, and finds all that was done when there is room.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openLmdbStorage } from './open-storage.ts'
import type { Outcome } from './small-disk.test-support.ts'
import { contentOf, entries, owner, record, testFolder, written } from './storage.test-support.ts'

const test = suite('a small disk')
const program = fileURLToPath(new URL('small-disk.test-support.ts', import.meta.url))

/** In a mount namespace: what is mounted there is gone with it. */
function onSmallDisk(kind: 'tmpfs' | 'ext4'): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'quorate-lmdb-small-'))
  const command = [
    '--mount',
    '--propagation',
    'private',
    process.execPath,
    ...process.execArgv,
    program,
    folder,
    kind,
  ]
  try {
    const { stdout, stderr, status, signal } = spawnSync('unshare', command, {
      encoding: 'utf8',
      timeout: 60_000,
    })
    assert.is(status, 0, `It ended by ${signal ?? status}: ${stderr}`)
    return JSON.parse(stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

for (const kind of ['tmpfs', 'ext4'] as const) {
  const name = `a full ${kind}: writes fail from then on, and what was done is there`
  if (process.getuid?.() !== 0 || !hasPrograms(kind)) {
    console.log(`"${name}" is skipped. To mount takes root, and mkfs.ext4 and loop devices for ext4.`)
    test.skip(name)
    continue
  }
  test(name, () => {
    const { done, errors, commit, entries: count, isWritten, noRoom, readOnly } = onSmallDisk(kind)
    assert.ok(done > 20, `${done} writes were done`)
    assert.is(errors.length, 5, 'the three that failed, and the two after them')
    for (const error of errors) assert.match(error, /its file system is full \(ENOSPC\).*make room/)
    assert.equal([commit, count], [done, done])
    assert.ok(isWritten)
    assert.match(noRoom, /another cannot be opened: its file system is full \(ENOSPC\)/)
    assert.match(readOnly, /mounted read-only/)
  })
}

function hasPrograms(kind: 'tmpfs' | 'ext4'): boolean {
  const needed = kind === 'ext4' ? 'command -v mkfs.ext4 && losetup -f' : 'command -v unshare'
  return spawnSync('sh', ['-c', needed], { stdio: 'ignore' }).status === 0
}

test('fileBytesMax is a full disk, too', async () => {
  const folder = testFolder()
  const { path } = folder
  try {
    const storage = await openLmdbStorage({ path, fileBytesMax: 16 * 2 ** 20 })
    await written(storage, { owner, record: record(1), append: entries(2) })
    let error: Error | undefined
    for (let offset = 0; error === undefined && offset < 30 * 2 ** 20; offset += 2 ** 20)
      await written(storage, { part: { offset, bytes: new Uint8Array(2 ** 20) } }).catch((thrown: Error) => {
        error = thrown
      })
    assert.match(String(error), /beyond fileBytesMax, 16777216 bytes.*raise fileBytesMax/)
    await storage.close()
    const content = (await contentOf(path)) as { entries: unknown[] }
    assert.is(content.entries.length, 2)
  } finally {
    folder.remove()
  }
})

test.run()

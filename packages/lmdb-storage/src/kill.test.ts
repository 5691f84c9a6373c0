// A process that is killed while it writes as fast as it can: what it had heard of is there, in order, each write as a
// whole. QUORATE_LMDB_KILLS=200 has so many killed.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openLmdbStorage } from './open-storage.ts'
import { testFolder, wholly } from './storage.test-support.ts'
import { lastNumbered, Twin } from './workload.test-support.ts'

const test = suite('a process that is killed')
const kills = Number(process.env['QUORATE_LMDB_KILLS'] ?? 4)
const killsOfDirectory = 8
const writer = fileURLToPath(new URL('writer.test-support.ts', import.meta.url))

/** The last write that it said was done, when it was killed after `ms` of writing. */
async function writeUntilKilled(path: string, seed: number, voice: string, ms: number): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, writer, path, `${seed}`, voice], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  const output = child.stdout as NonNullable<ChildProcess['stdout']>
  output.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const closed = once(child, 'close')
  await once(output, 'data')
  await sleep(ms)
  child.kill('SIGKILL')
  const [, signal] = await closed
  assert.is(signal, 'SIGKILL')
  return Number(/(\d+)\n[^\n]*$/.exec(said)?.[1] ?? 0)
}

/** The number of the last write that is there, when all is there as it must be. */
async function checked(path: string, twin: Twin): Promise<number> {
  const storage = await openLmdbStorage({ path })
  try {
    const stored = await storage.load()
    const count = stored?.record.commit ?? 0
    const found = { stored: wholly(stored), asides: (await storage.asides()).map(wholly) }
    // No difference is printed: it would be as long as a log.
    assert.ok(
      isDeepStrictEqual(found, await twin.after(count)),
      `after write ${count} something else is there`,
    )
    return count
  } finally {
    await storage.close()
  }
}

for (let first = 0; first < kills; first += killsOfDirectory) {
  const seed = 1000 + first
  test(`killed ${Math.min(killsOfDirectory, kills - first)} times, with seed ${seed}`, async () => {
    const folder = testFolder()
    const twin = new Twin(seed)
    try {
      let before = 0
      for (let kill = first; kill < Math.min(first + killsOfDirectory, kills); kill++) {
        const ms = 20 + ((kill * 37) % 150)
        const done = await writeUntilKilled(folder.path, seed, kill % 2 === 0 ? 'loud' : 'silent', ms)
        const count = await checked(folder.path, twin)
        // Parts say no number: of the last writes that were done some may be parts.
        assert.ok(count >= lastNumbered(seed, done), `${done} writes were done, and ${count} are there`)
        assert.ok(count >= before)
        before = count
      }
      assert.ok(before > 50, `${before} writes are there`)
    } finally {
      folder.remove()
    }
  })
}

test.run()

// A backup is what was stored, or is refused, whatever has become of its bytes; and one that fails leaves nothing.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { QuorateError, type QuorateErrorCode, type Replica, type Stored } from '@quorate/core'
import { stateAtEnd, upTo } from '@quorate/core/tools'
import { suite } from 'uvu'
import { equal, instance, is, match, ok } from 'uvu/assert'
import { backUp } from '../back-up.ts'
import { ledger, note, smallLog, TestFolder } from '../ledger.test-support.ts'
import { openSource } from '../source.ts'
import { digestBytes } from './layout.ts'
import { openBackup } from './read-backup.ts'
import { writeBackup } from './write-backup.ts'

const test = suite('backups')
const folder = new TestFolder()
const file = (name: string): string => folder.file(`${name}.backup`)

await folder.run('', {}, async (replicas) => {
  await note(replicas, 'a', 6)
  await backUp(replicas[0] as (typeof replicas)[0], file('online'))
})
await folder.run('-small', { limits: smallLog }, (replicas) => note(replicas, 'a', 6))

async function whole(stored: Stored): Promise<unknown> {
  const pieces: Uint8Array[] = []
  for await (const piece of stored.snapshot?.pieces ?? []) pieces.push(piece)
  return { ...stored, snapshot: stored.snapshot && { ...stored.snapshot, pieces: Buffer.concat(pieces) } }
}

for (const life of ['', '-small']) {
  test(`what was written is what is read${life}`, async () => {
    const source = await openSource(folder.of(1, life))
    const summary = await writeBackup(file(`whole${life}`), source.stored)
    const backup = await openBackup(summary.file)
    equal(await whole(backup.stored), await whole(source.stored))
    is(source.stored.snapshot === null, life === '')
    is(backup.digest, summary.digest)
    equal([backup.fileBytes, summary.bytes], [readFileSync(summary.file).length, backup.fileBytes])
    await Promise.all([source.close(), backup.close()])
  })
}

test('its last bytes are the SHA-256 of those before', () => {
  const bytes = readFileSync(file('whole'))
  const digest = createHash('sha256').update(bytes.subarray(0, -digestBytes)).digest()
  ok(digest.equals(bytes.subarray(-digestBytes)))
})

test('of a running replica it is a state with all that was confirmed', async () => {
  const { stored, close } = await openBackup(file('online'))
  const { state } = await stateAtEnd(ledger, stored)
  equal((state as { words: unknown }).words, ['a0', 'a1', 'a2', 'a3', 'a4', 'a5'])
  equal(stored.entries, [])
  await close()
})

test('commands go on while it is written', async () => {
  await folder.run('-busy', { limits: { chunkBytesMax: 1024 } }, async (replicas) => {
    const [replica] = replicas as [(typeof replicas)[0]]
    await Promise.all(Array.from({ length: 500 }, (_, i) => replica.submit.note(`before ${i}`)))
    const backup = backUp(replica, file('busy'))
    let during = 0
    let isOver = false
    void backup.then(() => {
      isOver = true
    })
    while (!isOver) await replica.submit.note(`during ${during++}`)
    ok(during > 2, `${during} commands`)
  })
  const { stored, close } = await openBackup(file('busy'))
  const { words } = (await stateAtEnd(ledger, stored)).state as { words: string[] }
  equal(
    words.slice(0, 500),
    Array.from({ length: 500 }, (_, i) => `before ${i}`),
  )
  await close()
})

test('the state is that of the moment of the read, whatever the replica applies or drops before the caller hears', async () => {
  let answered = 0
  await folder.run('-later', {}, async (replicas) => {
    const [replica] = replicas as [(typeof replicas)[0]]
    const late: Pick<Replica, 'read' | 'capture'> = {
      async read(select, call) {
        const selected = await replica.read(select, call)
        answered = replica.status.applied
        await note(replicas, 'later', 3)
        return selected
      },
      capture: () => replica.capture(),
    }
    is((await backUp(late as Replica, file('later'))).index, answered)
    ok(replica.status.applied > answered)
  })
})

test('without a quorum none is written: the rest may have confirmed more', async () => {
  await folder.run('-alone', {}, async ([first, ...others]) => {
    await Promise.all(others.map((replica) => replica.close()))
    const error = await backUp(first as NonNullable<typeof first>, file('alone')).catch(
      (thrown: unknown) => thrown,
    )
    is((error as QuorateError).code, 'NoQuorum')
    ok(!existsSync(file('alone')))
  })
})

test('up to an index', async () => {
  const { stored, close } = await openBackup(file('whole'))
  await writeBackup(file('cut'), upTo(stored, 4))
  const cut = await openBackup(file('cut'))
  equal(cut.stored.entries, stored.entries.slice(0, 4))
  equal([cut.stored.record.commit, cut.stored.record.certain], [4, 4])
  await Promise.all([close(), cut.close()])
})

async function refused(bytes: Uint8Array, code: QuorateErrorCode, words: RegExp): Promise<void> {
  writeFileSync(file('damaged'), bytes)
  const error = await openBackup(file('damaged')).catch((thrown: unknown) => thrown)
  instance(error, QuorateError, 'It must not open.')
  is((error as QuorateError).code, code, (error as QuorateError).message)
  match((error as QuorateError).message, words)
}

test('any bit that has changed is found', async () => {
  const good = readFileSync(file('whole-small'))
  for (let at = 0; at < good.length; at++) {
    const bytes = Buffer.from(good)
    bytes[at] = (bytes[at] as number) ^ (1 << (at % 8))
    writeFileSync(file('damaged'), bytes)
    const error = await openBackup(file('damaged')).catch((thrown: unknown) => thrown)
    instance(error, QuorateError, `The byte at ${at} has changed.`)
    match((error as QuorateError).code, /^(Malformed|VersionTooNew)$/)
  }
})

test('one that was cut off is found, wherever it was', async () => {
  const good = readFileSync(file('whole-small'))
  await refused(good.subarray(0, 0), 'Malformed', /is no backup/)
  for (let length = 1; length < good.length; length++)
    await refused(good.subarray(0, length), 'Malformed', /ends too early, as a copy does that was cut off/)
})

test('what follows the end is found', async () => {
  const good = readFileSync(file('whole'))
  await refused(Buffer.concat([good, Buffer.of(0)]), 'Malformed', /ends too early/)
})

test('what is no backup, and what is a newer one', async () => {
  await refused(Buffer.from('{"name":"something else"}'), 'Malformed', /is no backup of a replica/)
  const newer = readFileSync(file('whole'))
  newer[19] = 2
  await refused(newer, 'VersionTooNew', /has format 2, and this program knows up to 1: take a newer one/)
  const none = await openBackup(file('none')).catch((thrown: Error) => thrown)
  match(String(none), /cannot be read: ENOENT/)
})

/** With a digest that is right. */
function resealed(bytes: Buffer): Buffer {
  createHash('sha256')
    .update(bytes.subarray(0, -digestBytes))
    .digest()
    .copy(bytes, bytes.length - digestBytes)
  return bytes
}

test('entries that are not those of its chain are found, whatever its digest says', async () => {
  const bytes = readFileSync(file('whole'))
  // A string of two bytes.
  bytes.write('b3', bytes.indexOf(Buffer.from('\x86\x02a3', 'latin1')) + 2)
  await refused(resealed(bytes), 'Malformed', /its entries end at (\d+), and are not those up to \1 that/)
})

test('a file that is there stays', async () => {
  const before = readFileSync(file('whole'))
  const { stored, close } = await openBackup(file('cut'))
  const error = await writeBackup(file('whole'), stored).catch((thrown: unknown) => thrown)
  match(String(error), /is there already, and nothing is written over it: choose another name/)
  ok(readFileSync(file('whole')).equals(before))
  await close()
})

test('what fails, or is ended, leaves nothing', async () => {
  const path = folder.file('empty')
  mkdirSync(path)
  const { stored, close } = await openBackup(file('whole-small'))
  const broken = { ...(stored.snapshot as NonNullable<Stored['snapshot']>), pieces: failing() }
  const reasons = [
    writeBackup(`${path}/a`, { ...stored, snapshot: broken }),
    writeBackup(`${path}/b`, stored, { signal: AbortSignal.abort(new Error('ended')) }),
    writeBackup(`${path}/no/c`, stored),
  ].map((each) => each.catch(String))
  equal((await Promise.all(reasons)).slice(0, 2), ['Error: broken', 'Error: ended'])
  match(String(await reasons[2]), /c could not be written: ENOENT.*Nothing of it is left/)
  equal(readdirSync(path), [])
  await close()
})

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1)
  throw new Error('broken')
}

test('a backup is for its owner alone, and nothing else was left', () => {
  ok(existsSync(file('whole')))
  equal(
    readdirSync(folder.path).filter((name) => name.includes('unfinished')),
    [],
  )
})

test('the folder is removed', () => folder.remove())

test.run()

// A directory for a test's storage, and logs to write into it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Chain, Entry, Storage, StorageRecord, StorageWrite, Stored } from '@quorate/core'
import { chainAfter, emptyChain } from '@quorate/core/encoding'
import { suite, type Test } from 'uvu'
import { openLmdbStorage } from './open-storage.ts'

export const owner = { group: 'group', nodeid: 1, machine: 'machine' }

export interface TestFolder {
  /** Of a storage; not there yet. */
  readonly path: string
  /** Another of the same content, as it is now. */
  copy(name: string): string
  remove(): void
}

export function testFolder(): TestFolder {
  const folder = mkdtempSync(join(tmpdir(), 'quorate-lmdb-'))
  const path = join(folder, 'replica')
  return {
    path,
    copy(name) {
      const to = join(folder, name)
      cpSync(path, to, { recursive: true })
      return to
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** Tests that each have a folder of their own. */
export function folderSuite(name: string): Test<{ folder: TestFolder }> {
  const test = suite<{ folder: TestFolder }>(name)
  test.before.each((context) => {
    context.folder = testFolder()
  })
  test.after.each(({ folder }) => folder.remove())
  return test
}

/** Each `commit` gives another one. */
export const record = (commit: number): StorageRecord => ({
  memory: 7 as StorageRecord['memory'],
  group: null,
  voters: { nodeids: [1, 2, 3], policy: 'majority' },
  promised: { number: commit, nodeid: 1, incarnation: 0 },
  epoch: { ballot: { number: commit, nodeid: 1, incarnation: 0 }, participants: [] },
  blank: false,
  certain: commit,
  commit,
})

/** An entry behind `chain`; its body is what its payload decodes to. */
export function entry(chain: Chain, timeMs: number): Entry {
  // A tick: its type, 4, and a time of 32 bits.
  const payload = new Uint8Array(7)
  payload.set([0x92, 4, 0xce])
  new DataView(payload.buffer).setUint32(3, timeMs)
  return { body: { type: 'tick', timeMs }, payload, chain: chainAfter(chain, payload) }
}

/** A log from its beginning. */
export function entries(count: number, firstTimeMs = 1): Entry[] {
  const all: Entry[] = []
  for (let i = 0; i < count; i++) all.push(entry(all.at(-1)?.chain ?? emptyChain, firstTimeMs + i))
  return all
}

export function written(storage: Storage, write: StorageWrite): Promise<void> {
  return new Promise((resolve, reject) => {
    storage.write(write, (error) => (error === undefined ? resolve() : reject(error)))
  })
}

/** All that a storage holds, its snapshot's bytes included. */
export async function contentOf(path: string): Promise<unknown> {
  const storage = await openLmdbStorage({ path })
  try {
    return wholly(await storage.load())
  } finally {
    await storage.close()
  }
}

export function wholly(stored: Stored | null): unknown {
  const { snapshot } = stored ?? {}
  return (
    stored && {
      ...stored,
      snapshot: snapshot && { ...snapshot, pieces: [...(snapshot.pieces as Iterable<Uint8Array>)] },
    }
  )
}

/** A program: has the storage of its argument open until it is killed. */
export const holder = fileURLToPath(new URL('holder.test-support.ts', import.meta.url))

/** Another process that has the storage open until it is killed. */
export async function holdDirectory(path: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...process.execArgv, holder, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data')
  return child
}

// A storage on LMDB passes the storage contract. A crash here is no more than a close: for those of processes and
// machines see kill.test.ts and power-loss.test.ts.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ContractDisk, storageContract } from '@quorate/core/contracts'
import { suite } from 'uvu'
import type { LmdbStorage } from './lmdb-storage.ts'
import { openLmdbStorage } from './open-storage.ts'

const test = suite('storage contract: LMDB')

async function disk(): Promise<ContractDisk> {
  const folder = mkdtempSync(join(tmpdir(), 'quorate-lmdb-contract-'))
  const path = join(folder, 'replica')
  let opened: LmdbStorage | null = null
  const closeOpened = async () => {
    await opened?.close()
    opened = null
  }
  const open = async () => {
    await closeOpened()
    opened = await openLmdbStorage({ path })
    return opened
  }
  return {
    open,
    crash: closeOpened,
    asides: async () => {
      const asides = await (await open()).asides()
      return asides.map((aside) => ({
        ...aside,
        snapshot: aside.snapshot && {
          ...aside.snapshot,
          pieces: [...(aside.snapshot.pieces as Iterable<Uint8Array>)],
        },
      }))
    },
    close: async () => {
      await closeOpened()
      rmSync(folder, { recursive: true })
    },
  }
}

for (const { name, run } of storageContract({ abilities: [], disk })) test(name, run)
test.run()

// A process whose system calls are recorded: writes to storages on LMDB, and says how many writes of each are done.

import { readFileSync, writeSync } from 'node:fs'
import { deserialize } from 'node:v8'
import type { StorageOwner, StorageWrite } from '@quorate/core'
import { openLmdbStorage } from '@quorate/lmdb-storage'
import { ownedStorage, written } from './owned-storage.ts'

/** Writes for one storage. */
export interface WriterOrder {
  readonly path: string
  readonly owner: StorageOwner
  /** Given at once, when all before them are done. */
  readonly batches: readonly (readonly StorageWrite[])[]
}

async function write({ path, owner, batches }: WriterOrder): Promise<void> {
  const opened = await openLmdbStorage({ path })
  const storage = await ownedStorage(opened, owner)
  let count = 0
  const sayCount = (): number => writeSync(1, `${path} ${count++}\n`)
  sayCount()
  for (const batch of batches) await Promise.all(batch.map((each) => written(storage, each).then(sayCount)))
  await opened.close()
}

const orders: readonly WriterOrder[] = deserialize(readFileSync(process.argv[2] as string))
for (const order of orders) await write(order)

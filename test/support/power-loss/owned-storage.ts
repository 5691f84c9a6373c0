// A storage as a replica has it.

import type { Storage, StorageOwner, StorageWrite } from '@quorate/core'
import { type LoopStorage, owned, restorable } from '@quorate/core/simulation'

/** With what it holds; it names the owner of what is written. */
export async function ownedStorage(storage: Storage, owner: StorageOwner): Promise<LoopStorage> {
  const stored = await storage.load()
  return owned(storage, stored && (await restorable(stored)), owner)
}

export function written(storage: Pick<LoopStorage, 'write'>, write: StorageWrite): Promise<void> {
  return new Promise((resolve, reject) => {
    storage.write(write, (error) => (error === undefined ? resolve() : reject(error)))
  })
}

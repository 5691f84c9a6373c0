// What storages hold, in a form that can be compared: LMDB, and the disk in memory, which is the dumb twin.

import { MemoryDisk, type Storage, type StorageOwner, type StorageWrite, type Stored } from '@quorate/core'
import type { LmdbStorage } from '@quorate/lmdb-storage'
import { ownedStorage, written } from './owned-storage.ts'
import type { SimulatedDisk } from './simulated-disks.ts'

/** All of it: with the bytes of snapshots, and with what was set aside. */
export interface Held {
  readonly stored: unknown
  readonly asides: readonly unknown[]
}

export async function heldByLmdb(storage: LmdbStorage): Promise<Held> {
  return held(await storage.load(), await storage.asides())
}

/** What a disk holds in one of its lives: before its first write, after it, after the second … */
export async function heldInLife({ lives, owner }: SimulatedDisk, place: number): Promise<Held[]> {
  const disk = new MemoryDisk()
  const begin = lives.findLastIndex(({ isLost }, before) => isLost && before < place) + 1
  for (const { writes, kept } of lives.slice(begin, place)) await live(disk, owner, writes.slice(0, kept))
  return live(disk, owner, lives[place]?.writes ?? [])
}

/** A process that has the disk open, and gives it these writes. */
async function live(disk: MemoryDisk, owner: StorageOwner, writes: readonly StorageWrite[]): Promise<Held[]> {
  const opened: Storage = disk.open()
  const storage = await ownedStorage(opened, owner)
  const all = [held(await opened.load(), disk.asides)]
  for (const write of writes) {
    await written(storage, write)
    all.push(held(await opened.load(), disk.asides))
  }
  await opened.close()
  return all
}

const held = (stored: Stored | null, asides: readonly Stored[]): Held => ({
  stored: stored && withPieces(stored),
  asides: asides.map(withPieces),
})

function withPieces({ snapshot, ...stored }: Stored): unknown {
  const pieces = [...((snapshot?.pieces ?? []) as Iterable<Uint8Array>)]
  return { ...stored, snapshot: snapshot && { ...snapshot, pieces } }
}

// The disk in memory passes the storage contract.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { storageContract } from '../ports/storage-contract.ts'
import { MemoryDisk } from './memory-storage.ts'

const contract = suite('storage contract: disk in memory')
const cases = storageContract({
  abilities: ['fail'],
  disk: async () => {
    const disk = new MemoryDisk()
    return {
      open: async () => disk.open(),
      crash: async () => disk.crash(),
      asides: async () => disk.asides,
      fail: async () => disk.fail(new Error('The disk is full.')),
      close: async () => {},
    }
  },
})
for (const { name, run } of cases) contract(name, run)
contract.run()

const test = suite('disk in memory')

test('one storage at a time', async () => {
  const disk = new MemoryDisk()
  const storage = disk.open()
  assert.throws(() => disk.open(), /in use/)
  await storage.close()
  assert.throws(() => storage.write({}, () => {}), /closed/)
  await disk.open().close()
})

test('a write that leaves a gap fails, and nothing of it is there', async () => {
  const disk = new MemoryDisk()
  const storage = disk.open()
  const error = await new Promise<Error | undefined>((done) => storage.write({ truncate: 3 }, done))
  assert.match(String(error), /truncate: 3 lies outside of the log, which has 0 to 0/)
  await storage.close()
})

test.run()

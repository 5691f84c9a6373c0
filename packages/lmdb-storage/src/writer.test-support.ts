// A process of a test that writes a workload as fast as it can, from where the storage is, until it is killed. As `loud`
// it says the number of each write that was done.

import { writeSync } from 'node:fs'
import { openLmdbStorage } from './open-storage.ts'
import { Workload } from './workload.test-support.ts'

const [path, seed, voice] = process.argv.slice(2) as [string, string, 'loud' | 'silent']
const storage = await openLmdbStorage({ path })
const stored = await storage.load()
const workload = new Workload(Number(seed))
let count = 0
for (; count < (stored?.record.commit ?? 0); count++) workload.next()
writeSync(1, 'open\n')

/** So many are under way at a time. */
for (let i = 0; i < 20; i++) writeNext()

function writeNext(): void {
  const number = ++count
  storage.write(workload.next(), (error) => {
    if (error !== undefined) throw error
    if (voice === 'loud') writeSync(1, `${number}\n`)
    writeNext()
  })
}

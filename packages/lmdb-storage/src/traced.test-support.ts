// A process of a test whose system calls are traced: five writes, one after the other, and what came of each.

import { writeSync } from 'node:fs'
import { openLmdbStorage } from './open-storage.ts'
import { entries, owner, record, written } from './storage.test-support.ts'

const storage = await openLmdbStorage({ path: process.argv[2] as string })
writeSync(1, 'open\n')
for (const [i, entry] of entries(5).entries()) {
  const end = await written(storage, { owner, record: record(i + 1), append: [entry] }).then(
    () => 'done',
    (error: Error) => error.message,
  )
  writeSync(1, `${end}\n`)
}
await storage.close()

// A process of a test: has the storage of its argument open, says so, and goes on until it is killed.

import { openLmdbStorage } from './open-storage.ts'

const storage = await openLmdbStorage({ path: process.argv[2] as string })
await storage.load()
process.stdout.write('open\n')
setInterval(() => {}, 60_000)

// A process of a test: becomes another user, and says what it hears when it opens the storage of its argument.

import { openLmdbStorage } from './open-storage.ts'

process.setgroups?.([])
process.setgid?.(65_534)
process.setuid?.(65_534)
const said = await openLmdbStorage({ path: process.argv[2] as string }).then(
  () => 'open',
  ({ code, message }) => `${code}: ${message}`,
)
process.stdout.write(said)

#!/usr/bin/env node
// The program `quorate-cmap`: run.ts in a process of its own.

import { run } from './run.ts'

const ending = new AbortController()
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  // Who read has gone, as `head` does, and has what it wanted.
  ending.abort()
})

process.exitCode = await run(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  problem: (line) => process.stderr.write(`${line}\n`),
  untilEnded() {
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => ending.abort())
    return ending.signal
  },
})

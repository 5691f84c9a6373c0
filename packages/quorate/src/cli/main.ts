#!/usr/bin/env node
// The program `quorate`: run.ts in a process of its own.

import { once } from 'node:events'
import { run } from './run.ts'

const { stdout, stderr } = process
const ending = new AbortController()
const { signal } = ending
let readerHasGone = false
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  // Who read has gone, as `head` does, and has what it wanted.
  readerHasGone = true
  ending.abort(error)
})
// A second Ctrl-C ends it at once.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => ending.abort(new Error(`Ended by ${name}.`)))

const code = await run(process.argv.slice(2), {
  async out(line) {
    if (!stdout.write(`${line}\n`) && !signal.aborted) await once(stdout, 'drain', { signal })
  },
  problem(line) {
    if (!readerHasGone) stderr.write(`${line}\n`)
  },
  progress: stderr.isTTY ? (text) => stderr.write(`\r\x1b[K${text}`) : undefined,
  signal,
})
process.exitCode = readerHasGone ? 0 : code

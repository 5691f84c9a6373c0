#!/usr/bin/env node
// The program `quorate`: run.ts in a process of its own.

import { once } from 'node:events'
import { run } from './run.ts'

const { stdout, stderr } = process
const ending = new AbortController()
const { signal } = ending
let readerHasGone = false
let outputFailed = false
stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Who read has gone, as `head` does, and has what it wanted.
  readerHasGone = error.code === 'EPIPE'
  if (!readerHasGone) stderr.write(`The output could not be written: ${error.message}\n`)
  ending.abort(error)
  outputFailed = true
})
// A second Ctrl-C ends it at once.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => ending.abort(new Error(`Ended by ${name}.`)))

const code = await run(process.argv.slice(2), {
  async out(line) {
    if (!stdout.write(`${line}\n`) && !signal.aborted) await once(stdout, 'drain', { signal })
  },
  problem(line) {
    if (!outputFailed) stderr.write(`${line}\n`)
  },
  progress: stderr.isTTY ? (text) => stderr.write(`\r\x1b[K${text}`) : undefined,
  signal,
})
process.exitCode = readerHasGone ? 0 : outputFailed ? 1 : code

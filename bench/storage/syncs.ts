// What a disk takes for the least that makes anything durable: 4 KiB in a file whose length stays, and fdatasync. A
// process of its own, scheduled as the replicas are. Argument: a folder. Obeys lines, each a number of milliseconds;
// answers with the median of as long, microseconds.

import { fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { median } from '../support/statistics.ts'

const blockBytes = 4096
const blocks = 1024

const file = openSync(join(process.argv[2] ?? '', 'syncs'), 'w')
writeSync(file, Buffer.alloc(blocks * blockBytes))
fdatasyncSync(file)

/** One after the other. */
function syncsUs(milliseconds: number): number[] {
  const block = Buffer.alloc(blockBytes, 1)
  const each: number[] = []
  const endMs = performance.now() + milliseconds
  for (let beginMs = performance.now(); beginMs < endMs; beginMs = performance.now()) {
    writeSync(file, block, 0, blockBytes, (each.length % blocks) * blockBytes)
    fdatasyncSync(file)
    each.push((performance.now() - beginMs) * 1000)
  }
  return each
}

for await (const line of createInterface(process.stdin)) console.log(median(syncsUs(Number(line))))

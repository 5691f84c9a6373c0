// What a disk takes for the least that makes anything durable: 4 KiB in a file whose length stays, and fdatasync.

import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const blockBytes = 4096
const blocks = 1024

/** Microseconds, of one after the other. */
export function syncsUs(folder: string, milliseconds: number): number[] {
  const file = openSync(join(folder, 'syncs'), 'w')
  try {
    writeSync(file, Buffer.alloc(blocks * blockBytes))
    fdatasyncSync(file)
    return timed(file, milliseconds)
  } finally {
    closeSync(file)
  }
}

function timed(file: number, milliseconds: number): number[] {
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

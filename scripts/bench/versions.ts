// What every figure depends on: the machine, and Quorate itself.

import { readFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import { root } from '../root.ts'

/** Node, kernel, processor and Quorate, by name. */
export function machineVersions(): Record<string, string> {
  const processors = cpus()
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return {
    quorate: version,
    node: process.version,
    kernel: release(),
    cpu: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
  }
}

// Work that needs files does it outside of the tree, in a folder that nobody else has.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Waits for its stdin to close, which the kernel sees to however this process ends, and removes the folder. */
function removeAfterDeath(folder: string): void {
  const keeper = spawn('sh', ['-c', 'read -r _; rm -rf "$1"', 'sh', folder], {
    detached: true, // Otherwise a signal to this process's group would end the keeper as well.
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env['PATH'] }, // And not the run's mark: the keeper is to outlive the run.
  })
  keeper.unref()
  const stdin = keeper.stdin as unknown as Socket
  stdin.unref()
}

/** Makes an empty folder that is removed when this process ends, also when it is killed. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `quorate-${name}-`))
  removeAfterDeath(folder)
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

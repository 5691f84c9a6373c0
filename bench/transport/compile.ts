// Makes peer.c a program, where this machine has what that needs.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install } from '../../scripts/steps/debian.ts'

const source = fileURLToPath(new URL('peer.c', import.meta.url))
const header = '/usr/include/corosync/cpg.h'

/** The peer in C, and the compiler that made it. */
export interface CompiledPeer {
  readonly program: string
  readonly gcc: string
}

/** The output of a program that must succeed; `undefined` when it is not installed. */
export function run(program: string, ...args: string[]): string | undefined {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return undefined
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr.trim()}`)
  return stdout.trim()
}

/**
 * Compiles the peer into `folder`; `undefined` without a compiler.
 *
 * @throws {Error} libcpg's header is missing and cannot be installed, or the compiler refuses the source
 */
export function compilePeer(folder: string, progress: (line: string) => void): CompiledPeer | undefined {
  const gcc = run('gcc', '-dumpfullversion')
  if (gcc === undefined) {
    progress('No C compiler: only our own side is measured, without ratios. On Debian: apt-get install gcc')
    return undefined
  }
  requireHeader()
  const program = join(folder, 'peer')
  run('gcc', '-O2', '-Wall', '-Wextra', '-Werror', '-o', program, source, '-lcpg')
  return { program, gcc }
}

function requireHeader(): void {
  if (existsSync(header)) return
  install(['libcpg-dev'])
  if (!existsSync(header)) throw new Error(`${header} is missing, although libcpg-dev is installed.`)
}

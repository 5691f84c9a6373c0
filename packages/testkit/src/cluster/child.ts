// Two questions about a child process: has it ended, and what did it say.

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'

/** What a program left behind. */
export interface Output {
  readonly stdout: string
  readonly stderr: string
  /** The exit code; `null` when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** True until the process has ended; a stopped process is alive. */
export function isAlive(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}

/** Fulfilled when the process has ended; at once when it has already. */
export async function ended(child: ChildProcess): Promise<void> {
  if (isAlive(child)) await once(child, 'exit')
}

/** Lets this process end although the child and its pipes are there: the child then ends too, by itself. */
export function detach(child: ChildProcess): void {
  child.unref()
  for (const stream of child.stdio) if (stream instanceof Socket) stream.unref()
}

/**
 * Everything the program writes, once it has ended.
 *
 * @throws {Error} it could not be started at all
 */
export async function output(child: ChildProcess): Promise<Output> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  await once(child, 'close')
  return {
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
    code: child.exitCode,
    signal: child.signalCode,
  }
}

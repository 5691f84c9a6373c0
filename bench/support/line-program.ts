// A program on a node of a cluster that obeys: a line in, a line out.

import { type ChildProcessWithoutNullStreams, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ClusterNode } from '@quorate/testkit'

/**
 * Programs run as corosync's daemons do, under SCHED_RR at the highest priority: what else this machine does then takes
 * no time from them, nor do daemons whose token goes round without rest. Empty where that is not permitted.
 */
const scheduling = ['chrt', '--rr', '99'] as const
export const realTime: readonly string[] =
  spawnSync('chrt', [...scheduling.slice(1), 'true']).status === 0 ? scheduling : []

/** A command line, the program first. */
export type Command = readonly [string, ...string[]]

/** Runs a source of this workspace as this program is run: with the same packages. */
export function sourceCommand(source: URL, ...args: readonly string[]): Command {
  return [process.execPath, ...process.execArgv, fileURLToPath(source), ...args]
}

export class LineProgram {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  /** Fulfilled when all that it wrote was read. */
  readonly #ended: Promise<unknown[]>
  #stderr = ''

  constructor(node: ClusterNode, command: Command) {
    const [program, ...args] = [...realTime, ...command] as unknown as Command
    this.#child = node.spawn(program, args)
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
    this.#ended = once(this.#child, 'close')
    this.#child.stderr.on('data', (text: Buffer) => {
      this.#stderr += text.toString()
    })
  }

  /** @throws {Error} the program has ended; says what it wrote to stderr */
  async answer(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done !== true) return value
    const [code, signal] = await this.#ended
    throw new Error(
      `A program has ended (${signal ?? `exit code ${code}`}): ${this.#stderr || 'without a word'}`,
    )
  }

  ask(command: string): Promise<string> {
    this.#child.stdin.write(`${command}\n`)
    return this.answer()
  }

  /** Asks it to end, by closing its input. */
  async end(): Promise<void> {
    this.#child.stdin.end()
    await this.#ended
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}

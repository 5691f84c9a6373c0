// examples/live-limits on a node, by the commands of its README.

import { appendFileSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ClusterNode } from '@quorate/testkit'
import { waitUntil } from './wait-until.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(`${root}/examples/live-limits/README.md`, 'utf8')
const [, serve = '', conf = '', reload = '', tune = ''] = [
  ...readme.matchAll(/^```(?:sh)?\n(.*?)^```/gms),
].map(([, block = '']) => block)

/** A command line of the README, as a program of a node with its arguments. */
function wordsOf(line: string): [string, string[]] {
  const [program = '', ...args] = line.trim().split(' ')
  return [program === 'node' ? process.execPath : program, args]
}

async function run(node: ClusterNode, line: string): Promise<void> {
  const { code, stdout, stderr } = await node.exec(...wordsOf(line))
  if (code !== 0) throw new Error(`${line} failed: ${stdout}${stderr}`)
}

/** The service on one node, and what its operator does there. */
export class LiveLimits {
  readonly node: ClusterNode
  readonly lines: string[] = []
  readonly #child

  constructor(node: ClusterNode) {
    this.node = node
    this.#child = node.spawn(...wordsOf(serve), { cwd: root })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      createInterface(stream).on('line', (line) => this.lines.push(line))
  }

  /** Waits until it has written so many lines, and returns those after the first `from`. */
  async wrote(count: number, from = 0): Promise<string[]> {
    await waitUntil(() => this.lines.length >= count)
    return this.lines.slice(from)
  }

  /** Names of one moment; what is answered. */
  async sell(...names: string[]): Promise<string[]> {
    const from = this.lines.length
    this.#child.stdin.write(`${names.join(' ')}\n`)
    return this.wrote(from + names.length + 1, from)
  }

  /** Adds to corosync.conf what the README says. */
  configure(): void {
    appendFileSync(this.node.path('/etc/corosync/corosync.conf'), conf)
  }

  reload(): Promise<void> {
    return run(this.node, reload)
  }

  tune(): Promise<void> {
    return run(this.node, tune)
  }

  /** Its input ends, and then it: the exit code. */
  async end(): Promise<number | null> {
    this.#child.stdin.end()
    await waitUntil(() => this.#child.exitCode !== null)
    return this.#child.exitCode
  }
}

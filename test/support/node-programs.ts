// The programs of test/support/programs that speak UDP, started in nodes.

import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ClusterNode } from '@quorate/testkit'

/** The arguments of node that run a program of test/support/programs from its source. */
export function programArgs(name: string, ...args: string[]): string[] {
  return [...process.execArgv, fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url)), ...args]
}

/** `udp-lines` in a node. */
export class UdpLines {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    child.stderr.pipe(process.stderr)
  }

  /** Starts it; it receives when this is fulfilled. */
  static async start(node: ClusterNode): Promise<UdpLines> {
    const program = new UdpLines(node.spawn(process.execPath, programArgs('udp-lines')))
    await program.received()
    return program
  }

  send(to: ClusterNode, text: string): void {
    this.#child.stdin.write(`${to.address} ${text}\n`)
  }

  /** The next text that comes. */
  async received(): Promise<string> {
    const next = await this.#lines.next()
    return next.done === true ? 'ended' : next.value
  }
}

/** Measured from one node to another's `udp-lines`. */
export interface RoundTrips {
  /** The part that did not come back. */
  readonly lostRatio: number
  /** Of those that came back. */
  readonly minMs: number
  readonly medianMs: number
}

/** Sends `count` packets and waits for their return. */
export async function measureRoundTrips(
  from: ClusterNode,
  to: ClusterNode,
  count: number,
): Promise<RoundTrips> {
  const args = programArgs('round-trips', to.address, String(count), '500')
  const { stdout, stderr, code } = await from.exec(process.execPath, args)
  if (code !== 0) throw new Error(`round-trips ended with ${code}: ${stderr}`)
  const all = JSON.parse(stdout) as (number | null)[]
  const back = all.filter((ms) => ms !== null).sort((a, b) => a - b)
  const at = (index: number): number => back[index] ?? Number.NaN
  return { lostRatio: 1 - back.length / all.length, minMs: at(0), medianMs: at(back.length >> 1) }
}

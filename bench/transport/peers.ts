// Three peers of one kind, one on each node, in a group of their own. The first one sends.

import { type ChildProcessWithoutNullStreams, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterNode, CorosyncCluster } from '@quorate/testkit'

const completeTimeoutMs = 10_000
const pollMs = 20

/**
 * Peers run as corosync's daemons do, under SCHED_RR, but below them: what else this machine does then takes no time
 * from either kind. Empty where that is not permitted.
 */
export const realTime: readonly string[] =
  spawnSync('chrt', ['--rr', '10', 'true']).status === 0 ? ['chrt', '--rr', '10'] : []

/** A program that obeys the commands of peer.c and peer.ts. */
class Peer {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  #stderr = ''

  constructor(node: ClusterNode, command: readonly string[]) {
    const [program, ...args] = [...realTime, ...command] as [string, ...string[]]
    this.#child = node.spawn(program, args)
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
    this.#child.stderr.on('data', (text: Buffer) => {
      this.#stderr += text.toString()
    })
  }

  async answer(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error(`A peer has ended: ${this.#stderr || 'without a word'}`)
    return value
  }

  ask(command: string): Promise<string> {
    this.#child.stdin.write(`${command}\n`)
    return this.answer()
  }

  async end(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.stdin.end()
    await exit
  }
}

export class Peers {
  readonly #peers: readonly Peer[]

  private constructor(peers: readonly Peer[]) {
    this.#peers = peers
  }

  /** Starts `command` on every node; fulfilled when all see each other. */
  static async start(cluster: CorosyncCluster, command: readonly string[]): Promise<Peers> {
    const peers = cluster.nodes.map((node) => new Peer(node, command))
    await Promise.all(peers.map((peer) => peer.answer()))
    return new Peers(peers)
  }

  /**
   * Messages per second, with `window` of them in flight for `ms`.
   *
   * @throws {Error} a member has not delivered all of them
   */
  async throughput(bytes: number, window: number, ms: number): Promise<number> {
    const answer = await this.#sender.ask(`throughput ${bytes} ${window} ${ms}`)
    const [messages = 0, nanoseconds = 0] = answer.split(' ').map(Number)
    await this.#complete()
    return (messages / nanoseconds) * 1e9
  }

  /** Microseconds from send to own delivery, of each message sent within `ms`. */
  async roundTripsUs(bytes: number, ms: number): Promise<number[]> {
    const answer = await this.#sender.ask(`roundtrip ${bytes} ${ms}`)
    return answer.split(' ').map((nanoseconds) => Number(nanoseconds) / 1000)
  }

  /** Ends the programs. */
  async end(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.end()))
  }

  get #sender(): Peer {
    return this.#peers[0] as Peer
  }

  /** The sender has delivered everything; the others may be a moment behind. */
  async #complete(): Promise<void> {
    const endMs = performance.now() + completeTimeoutMs
    for (;;) {
      const received = await Promise.all(this.#peers.map((peer) => peer.ask('received')))
      if (new Set(received).size === 1) return
      if (performance.now() > endMs) throw new Error(`Not all members delivered all: ${received.join(', ')}.`)
      await sleep(pollMs)
    }
  }
}

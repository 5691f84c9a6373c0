// Three peers of one kind, one on each node, in a group of their own. The first one sends.

import { setTimeout as sleep } from 'node:timers/promises'
import type { CorosyncCluster } from '@quorate/testkit'
import { type Command, LineProgram } from '../support/line-program.ts'

const completeTimeoutMs = 10_000
const pollMs = 20

export class Peers {
  readonly #peers: readonly LineProgram[]

  private constructor(peers: readonly LineProgram[]) {
    this.#peers = peers
  }

  /** Starts `command` on every node; fulfilled when all see each other. */
  static async start(cluster: CorosyncCluster, command: Command): Promise<Peers> {
    const peers = cluster.nodes.map((node) => new LineProgram(node, command))
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

  get #sender(): LineProgram {
    return this.#peers[0] as LineProgram
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

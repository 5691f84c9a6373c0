// Looks again and again at what the other processes of this node leave unread. It is nobody's duty: who hangs cannot
// say so, and its daemon does not. What goes wrong here harms nothing else.

import { channel as diagnosticsChannel } from 'node:diagnostics_channel'
import type { CancelTimer, Clock } from '../ports/clock.ts'
import type { Channel, Neighbour } from '../ports/transport.ts'
import type { EventSource } from './replica-events.ts'
import { type Judgements, judge, type SlowNeighbour, slowNeighbour, slowOnes } from './slow-neighbours.ts'

export const lookMs = 2000
/** From a look that failed to the next. */
export const retryMs = 30_000

export class NeighbourWatch {
  readonly #channel: Pick<Channel, 'neighbours'>
  readonly #clock: Clock
  readonly #source: EventSource
  readonly #tell: (warning: SlowNeighbour) => void
  #judgements: Judgements = new Map()
  #cancel: CancelTimer = () => {}
  #failed = false
  #ended = false

  constructor(
    channel: Pick<Channel, 'neighbours'>,
    clock: Clock,
    source: EventSource,
    tell: (warning: SlowNeighbour) => void,
  ) {
    this.#channel = channel
    this.#clock = clock
    this.#source = source
    this.#tell = tell
  }

  /** At the last look. */
  get slow(): readonly Neighbour[] {
    return slowOnes(this.#judgements)
  }

  start(): void {
    if (this.#channel.neighbours !== undefined) this.#lookIn(lookMs)
  }

  end(): void {
    this.#ended = true
    this.#cancel()
  }

  #lookIn(delayMs: number): void {
    if (!this.#ended) this.#cancel = this.#clock.setTimer(delayMs, () => void this.#look())
  }

  async #look(): Promise<void> {
    try {
      this.#judge((await this.#channel.neighbours?.()) ?? [])
      this.#lookIn(lookMs)
    } catch (error) {
      this.#fail(error)
      this.#lookIn(retryMs)
    }
  }

  #judge(neighbours: readonly Neighbour[]): void {
    if (this.#ended) return
    const before = new Set(this.slow.map(({ pid }) => pid))
    this.#judgements = judge(this.#judgements, neighbours)
    for (const neighbour of this.slow) if (!before.has(neighbour.pid)) this.#tell(slowNeighbour(neighbour))
  }

  /** Told once, on the diagnostics channel alone: the replica lacks nothing. */
  #fail(error: unknown): void {
    this.#judgements = new Map()
    if (this.#failed || this.#ended) return
    this.#failed = true
    diagnosticsChannel('quorate:neighbours-unknown').publish({ ...this.#source, error })
  }
}

// What a process was told and has not taken yet: the daemon's events in their order, and, on a descriptor of its own,
// the quorum service's. Taken, they become the events of the transport port.

import type { Member, TransportEvent } from '@quorate/core'
import type { Environment } from './environment.ts'
import type { Packet } from './packet.ts'
import type { Ring } from './ring.ts'
import { type Confchg, Views } from './views.ts'

type Waiting = Packet | Confchg | { readonly kind: 'ring'; readonly ring: Ring } | { readonly kind: 'down' }

/** Takes an event; `hash` is that of a message's bytes. */
export type Tell = (event: TransportEvent, hash: number) => void

/** How often the quorum service is heard first, when both have something to say. */
const quorumFirstOneIn = 4

export class Inbox {
  readonly #self: Member
  readonly #environment: Environment
  readonly #tell: Tell
  #waiting: Waiting[] = []
  #taken = 0
  #quorum: Ring[] = []
  #views: Views
  /** Deaths of the daemon that the process has not heard of. */
  #deaths = 0
  #hasEverBegun = false

  constructor(self: Member, environment: Environment, tell: Tell) {
    this.#self = self
    this.#environment = environment
    this.#tell = tell
    this.#views = new Views(self)
  }

  /** Whether the process has heard the first view of a membership, and not of its end. */
  get isUp(): boolean {
    return this.#views.begun
  }

  /** Whether the daemon to which the membership belongs has died already. */
  get isOrphaned(): boolean {
    return this.#deaths > 0
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#quorum.length === 0
  }

  push(item: Packet | Confchg): void {
    this.#waiting.push(item)
  }

  pushRing(ring: Ring): void {
    this.#waiting.push({ kind: 'ring', ring })
  }

  pushQuorum(ring: Ring): void {
    this.#quorum.push(ring)
  }

  /** Of the daemon's events that wait, the first few may be read still. */
  daemonDied(): void {
    const { random, statistics } = this.#environment
    const waiting = this.#waiting.length - this.#taken
    const kept = random.pick([0, waiting, random.below(waiting + 1)])
    statistics.count('events lost with the daemon', waiting - kept)
    statistics.count('events read after the death of the daemon', kept)
    const lost = this.#waiting.splice(this.#taken + kept)
    this.#waiting.push({ kind: 'down' })
    this.#quorum = []
    // A death that was not heard of before the next one is heard of with that.
    this.#deaths += 1 - lost.filter(({ kind }) => kind === 'down').length
  }

  clear(): void {
    this.#waiting = []
    this.#taken = 0
    this.#quorum = []
  }

  /** Takes one event; whether there was any. */
  take(): boolean {
    const hasWaiting = this.#waiting.length > 0
    // The next daemon's quorum service speaks on a descriptor that is not open yet.
    const hearsQuorum = this.#quorum.length > 0 && this.#deaths === 0
    if (hearsQuorum && (!hasWaiting || this.#environment.random.oneIn(quorumFirstOneIn))) this.#takeQuorum()
    else if (hasWaiting) this.#takeWaiting()
    return hasWaiting || hearsQuorum
  }

  #takeQuorum(): void {
    const ring = this.#quorum.shift() as Ring
    if (this.#views.isAhead(ring)) this.#environment.count('quorum notification before its ring')
    const event = this.#views.quorum(ring)
    if (event !== null) this.#tell(event, 0)
  }

  #takeWaiting(): void {
    const item = this.#waiting[this.#taken++] as Waiting
    if (this.#taken === this.#waiting.length) {
      this.#waiting = []
      this.#taken = 0
    }
    if (item.kind === 'confchg') this.#changeView((views) => views.confchg(item))
    else if (item.kind === 'ring') this.#changeView((views) => views.ring(item.ring))
    else if (item.kind === 'down') this.#down()
    else this.#tell({ type: 'message', from: item.from, bytes: new Uint8Array(item.bytes) }, item.hash)
  }

  /** The first view of a membership is announced, unless it is the process's first. */
  #changeView(change: (views: Views) => TransportEvent | null): void {
    const wasUp = this.#views.begun
    const view = change(this.#views)
    if (view === null) return
    if (!wasUp && this.#hasEverBegun) this.#tell({ type: 'up', self: this.#self }, 0)
    this.#hasEverBegun = true
    this.#tell(view, 0)
  }

  /** Told at times also when only the attempt to join again has failed. */
  #down(): void {
    const isTold = this.#views.begun || (this.#hasEverBegun && this.#environment.random.oneIn(2))
    this.#deaths -= 1
    this.#views = new Views(this.#self)
    const error = new Error(`The daemon of node ${this.#self.nodeid} died.`)
    if (isTold) this.#tell({ type: 'down', error }, 0)
  }
}

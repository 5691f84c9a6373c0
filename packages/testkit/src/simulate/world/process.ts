// One process on a node. It acts in turns: it takes some events, or some writes that are done, or one timer, and then
// settles. Nothing happens to it between its turns.

import type { Member, StorageWrite, TransportEvent } from '@quorate/core'
import type { LoopStorage } from '@quorate/core/simulation'
import { type NodeClock, Timers } from './clock.ts'
import type { Daemon } from './daemon.ts'
import type { Disk, Written } from './disk.ts'
import type { Environment } from './environment.ts'
import { Inbox } from './inbox.ts'
import { Outbox } from './outbox.ts'
import type { Packet } from './packet.ts'
import type { Place, StartSubject, Subject } from './place.ts'
import type { Random } from './random.ts'
import type { Ring } from './ring.ts'
import { type Sabotage, Saboteur } from './sabotage.ts'
import { eventKindOf, traceEvent } from './told.ts'
import type { Confchg } from './views.ts'

/** What a process stands on. */
export interface Ground {
  readonly environment: Environment
  readonly daemon: Daemon
  readonly clock: NodeClock
  readonly disk: Disk | null
  /** The process ends by its own decision. */
  readonly exited: (process: Process, error: Error) => void
  readonly sabotage: Sabotage | null
}

const eventsPerTurn = 8
const sources = 3

export class Process {
  readonly self: Member
  readonly #ground: Ground
  readonly #subject: Subject
  readonly #timers = new Timers()
  readonly #inbox: Inbox
  readonly #outbox: Outbox
  readonly #saboteur: Saboteur | null
  #written: Written[] = []
  #ended = false
  /** Until then it takes nothing; its events wait. */
  hungUntilUs = 0

  constructor(ground: Ground, self: Member, random: Random, start: StartSubject) {
    this.#ground = ground
    this.self = self
    this.#inbox = new Inbox(self, ground.environment, (event, hash) => this.#tell(event, hash))
    this.#outbox = new Outbox(self, ground.environment, ground.daemon, this.#inbox)
    this.#saboteur =
      ground.sabotage === null ? null : new Saboteur(ground.sabotage, self, ground.environment.random)
    this.#subject = start(this.#place(random))
  }

  message(packet: Packet): void {
    if (this.#saboteur === null) this.#inbox.push(packet)
    else for (const each of this.#saboteur.messages(packet)) this.#inbox.push(each)
  }

  confchg(change: Confchg): void {
    this.#inbox.push(this.#saboteur?.confchg(change) ?? change)
  }

  ring(ring: Ring): void {
    this.#inbox.pushRing(ring)
  }

  quorumOf(ring: Ring): void {
    this.#inbox.pushQuorum(ring)
  }

  daemonDied(): void {
    this.#inbox.daemonDied()
  }

  written(written: readonly Written[]): void {
    for (const each of written) this.#written.push(each)
  }

  /** It hears, and does, nothing more. */
  end(): void {
    this.#ended = true
    this.#inbox.clear()
    this.#written = []
  }

  /** When its next timer is due, in the world's time. */
  get timerUs(): number {
    const { nextMs } = this.#timers
    return nextMs === Number.POSITIVE_INFINITY ? nextMs : this.#ground.clock.usAt(nextMs)
  }

  /** Nothing waits for it but its timers. */
  get isIdle(): boolean {
    return this.#inbox.isEmpty && this.#written.length === 0 && !this.#outbox.drains
  }

  /** Lets it take something that waits for it; whether there was anything. */
  turn(): boolean {
    const { random, nowUs } = this.#ground.environment
    if (this.hungUntilUs > nowUs) return false
    const first = random.below(sources)
    for (let each = 0; each < sources; each++) {
      if (!this.#take((first + each) % sources)) continue
      this.settle()
      return true
    }
    return false
  }

  /** The end of a turn, or of a call of its client. */
  settle(): void {
    if (!this.#ended) this.#subject.settle()
  }

  #take(source: number): boolean {
    if (source === 0) return this.#takeEvents()
    return source === 1 ? this.#takeWritten() : this.#takeTimer()
  }

  #takeEvents(): boolean {
    const most = 1 + this.#ground.environment.random.below(eventsPerTurn)
    let count = 0
    while (count < most && !this.#ended && (this.#takeDrain() || this.#inbox.take())) count += 1
    return count > 0
  }

  #takeDrain(): boolean {
    if (!this.#outbox.drains) return false
    this.#outbox.drained()
    this.#tell({ type: 'drain' }, 0)
    return true
  }

  #takeWritten(): boolean {
    if (this.#written.length === 0) return false
    const most = 1 + this.#ground.environment.random.below(this.#written.length)
    for (let count = 0; count < most && !this.#ended; count++) {
      const { done, error } = this.#written.shift() as Written
      this.#ground.environment.note(() => `${this.self.nodeid}/${this.self.pid} write done ${error ?? ''}`)
      done(error)
    }
    return true
  }

  #takeTimer(): boolean {
    const { clock, environment } = this.#ground
    if (this.#timers.nextMs > clock.monotonicMs()) return false
    environment.count('timer fired')
    environment.note(() => `${this.self.nodeid}/${this.self.pid} timer`)
    this.#timers.take()?.()
    return true
  }

  #tell(event: TransportEvent, hash: number): void {
    if (this.#ended) return
    const { environment } = this.#ground
    environment.count(eventKindOf(event))
    traceEvent(environment, this.self, event, hash)
    this.#subject.event(event)
  }

  #place(random: Random): Place {
    const { clock } = this.#ground
    return {
      ...this.self,
      random,
      storage: this.#storage(),
      clock: {
        monotonicMs: () => clock.monotonicMs(),
        wallMs: () => clock.wallMs(),
        setTimer: (delayMs, fire) => this.#timers.set(clock.monotonicMs() + Math.max(0, delayMs), fire),
      },
      send: (bytes) => !this.#ended && this.#outbox.send(bytes),
      exit: (error) => {
        if (!this.#ended) this.#ground.exited(this, error)
      },
    }
  }

  #storage(): LoopStorage | null {
    const { disk } = this.#ground
    if (disk === null) return null
    const write = (write: StorageWrite, done: (error?: Error) => void) => {
      if (!this.#ended) disk.write(write, done)
    }
    return { stored: disk.open(), write }
  }
}

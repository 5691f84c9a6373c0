// One simulated machine: its daemon, disk and clock, and at most one process. What ends and what begins here, and what
// is lost with it.

import { NodeClock } from './clock.ts'
import { Daemon } from './daemon.ts'
import { Disk } from './disk.ts'
import type { DiskJournal } from './disk-journal.ts'
import type { Environment } from './environment.ts'
import type { StartSubject } from './place.ts'
import { type Ground, Process } from './process.ts'
import { mixSeeds, Random } from './random.ts'
import { Ring } from './ring.ts'
import type { Sabotage } from './sabotage.ts'

/** What the caller knows of memory and its loss. */
export interface MemoryModel {
  /** Whether this node may lose all that it ever stored (without a disk: ever knew), now. */
  mayLose(nodeid: number): boolean
  /** It has. */
  lost(nodeid: number): void
  /** A process has ended itself. */
  exited(nodeid: number, error: Error): void
}

export interface NodeOptions {
  readonly seed: number
  readonly start: StartSubject
  readonly hasDisk: boolean
  readonly journal: DiskJournal | null
  readonly memory: MemoryModel
  readonly quorate: (nodeids: readonly number[]) => boolean
  readonly sabotage: Sabotage | null
}

export class Node {
  readonly nodeid: number
  readonly daemon: Daemon
  readonly clock: NodeClock
  readonly disk: Disk | null
  process: Process | null = null
  readonly #environment: Environment
  readonly #options: NodeOptions
  #pid: number
  #lives = 0
  #pidIsFree = false

  constructor(nodeid: number, environment: Environment, options: NodeOptions) {
    this.nodeid = nodeid
    this.#pid = nodeid * 1000
    this.#environment = environment
    this.#options = options
    this.clock = new NodeClock(environment)
    this.disk = options.hasDisk ? new Disk(environment, options.journal) : null
    this.daemon = new Daemon(nodeid, environment, this.#ringAlone(0))
  }

  /** A new process; it joins as soon as there is a daemon. */
  start(): void {
    const { traits, random } = this.#environment
    if (this.#pidIsFree && random.oneIn(traits.pidReuseOneIn))
      this.#environment.count('process id used again')
    else this.#pid += 1
    this.#lives += 1
    this.#environment.count('process started')
    const self = { nodeid: this.nodeid, pid: this.#pid }
    this.process = new Process(this.#ground(), self, this.#randomOfLife(), this.#options.start)
    this.#environment.note(() => `${self.nodeid}/${self.pid} starts`)
    if (this.daemon.alive) this.daemon.connect(this.process)
  }

  /** The process dies, at times its disk with it; if the fault model allows it. */
  crash(): void {
    if (this.process === null || !this.#mayEnd()) return
    this.#environment.count('process crashed')
    this.#end()
  }

  /** The machine stops: process, daemon, and what was not on the disk; if the fault model allows it. */
  powerOff(): void {
    if (this.process === null && !this.daemon.alive) return
    if (this.process !== null && !this.#mayEnd()) return
    this.#environment.count('power lost')
    this.killDaemon()
    if (this.process !== null) this.#end()
    this.#pidIsFree = true
  }

  killDaemon(): void {
    if (!this.daemon.alive) return
    this.#environment.count('daemon died')
    this.#environment.note(() => `the daemon of node ${this.nodeid} dies`)
    this.daemon.die()
    this.daemon.process = null
    this.process?.daemonDied()
  }

  startDaemon(): void {
    this.#environment.count('daemon started')
    this.#environment.note(() => `the daemon of node ${this.nodeid} starts`)
    this.daemon.start(this.#ringAlone(this.daemon.ringSeqMax + 4))
    if (this.process !== null) this.daemon.connect(this.process)
  }

  #ground(): Ground {
    const { daemon, clock, disk } = this
    const exited = (process: Process, error: Error) => this.#exited(process, error)
    return { environment: this.#environment, daemon, clock, disk, exited, sabotage: this.#options.sabotage }
  }

  /** By seed, node and life alone: what happened before does not change it. */
  #randomOfLife(): Random {
    return new Random(mixSeeds(mixSeeds(this.#options.seed, this.nodeid), this.#lives))
  }

  #ringAlone(seq: number): Ring {
    const { nodeid } = this
    return new Ring({ nodeid, seq: BigInt(seq) }, 1 << (nodeid - 1), [], this.#options.quorate([nodeid]))
  }

  /** A process without a disk loses its memory when it ends. */
  #mayEnd(): boolean {
    if (this.disk !== null || this.#options.memory.mayLose(this.nodeid)) return true
    this.#environment.count('fault forbidden by the fault model')
    return false
  }

  #exited(process: Process, error: Error): void {
    if (process !== this.process) return
    this.#environment.count('process exited by itself')
    this.#end()
    this.#options.memory.exited(this.nodeid, error)
  }

  #end(): void {
    const process = this.process as Process
    this.#environment.note(() => `${process.self.nodeid}/${process.self.pid} ends`)
    process.end()
    this.process = null
    this.#pidIsFree = false
    this.daemon.disconnect(process, this.#environment.random.below(3))
    this.disk?.crash()
    this.#loseMemory()
  }

  #loseMemory(): void {
    const { random, traits } = this.#environment
    const { memory } = this.#options
    if (this.disk !== null) {
      if (!random.oneIn(traits.diskLossOneIn) || !memory.mayLose(this.nodeid)) return
      this.disk.wipe()
      this.#environment.count('disk lost')
    }
    this.#environment.count('memory lost')
    memory.lost(this.nodeid)
  }
}

// What a process sends: its daemon's queue, while it has room, and the drain that is owed when it had none.

import type { Member } from '@quorate/core'
import type { Daemon } from './daemon.ts'
import type { Environment } from './environment.ts'
import { allNodes, type Packet } from './packet.ts'
import { hashBytes } from './trace.ts'

/** What the process knows of its membership. */
export interface Membership {
  /** It has heard the first view, and not of the end. */
  readonly isUp: boolean
  /** The daemon has died and the process does not know. */
  readonly isOrphaned: boolean
}

export class Outbox {
  readonly #self: Member
  readonly #environment: Environment
  readonly #daemon: Daemon
  readonly #membership: Membership
  #drainOwed = false

  constructor(self: Member, environment: Environment, daemon: Daemon, membership: Membership) {
    this.#self = self
    this.#environment = environment
    this.#daemon = daemon
    this.#membership = membership
  }

  /** Whether a drain has to be told now. */
  get drains(): boolean {
    if (!this.#drainOwed || !this.#membership.isUp || this.#membership.isOrphaned) return false
    return 2 * this.#daemon.outgoing.length <= this.#environment.traits.queueMessagesMax
  }

  drained(): void {
    this.#drainOwed = false
  }

  /** What is accepted after the daemon's death, and before it is heard of, is lost. */
  send(bytes: Uint8Array): boolean {
    if (!this.#membership.isUp) return this.#refuse()
    if (this.#membership.isOrphaned) return true
    if (this.#daemon.outgoing.length >= this.#environment.traits.queueMessagesMax) return this.#refuse()
    this.#daemon.outgoing.push(this.#packet(bytes))
    return true
  }

  #refuse(): false {
    this.#drainOwed = true
    this.#environment.count('send refused')
    return false
  }

  #packet(bytes: Uint8Array): Packet {
    const { nodeid, pid } = this.#self
    const hash = hashBytes(bytes)
    this.#environment.lastSender = nodeid
    this.#environment.trace.mix(nodeid, hash)
    if (this.#environment.isRead) {
      this.#environment.note(() => `${nodeid}/${pid} sends ${bytes.length} bytes`)
    }
    return {
      kind: 'message',
      from: this.#self,
      bytes: new Uint8Array(bytes),
      hash,
      sentIn: this.#daemon.ring,
      assemblers: this.#assemblers(),
    }
  }

  /** Packets that follow closely are packed with those before them, and lost with them. */
  #assemblers(): number {
    const last = this.#daemon.outgoing.at(-1)
    if (last?.kind !== 'message' || last.assemblers === allNodes) return allNodes
    if (this.#environment.random.oneIn(2)) return allNodes
    this.#environment.count('several messages lost together at a merge')
    return last.assemblers
  }
}

// Faults of the world itself: what no transport may do. Only the test that shows that the checks find them uses this.

import type { Member } from '@quorate/core'
import type { Packet } from './packet.ts'
import type { Random } from './random.ts'
import type { Confchg } from './views.ts'

export type Sabotage =
  | 'drop own messages'
  | 'drop messages of others'
  | 'deliver twice'
  | 'damage'
  | 'deliver late'
  | 'swap with the next'
  | 'forge the sender'
  | 'lose the list of members'

/** Of so many messages one is dealt with wrongly. */
const sabotageOneIn = 20
/** How many messages a late one lets pass. */
const overtakers: Readonly<Partial<Record<Sabotage, number>>> = { 'deliver late': 6, 'swap with the next': 1 }

/** Stands between a daemon and one process. */
export class Saboteur {
  readonly #kind: Sabotage
  readonly #self: Member
  readonly #random: Random
  #late: Packet | undefined
  #passed = 0

  constructor(kind: Sabotage, self: Member, random: Random) {
    this.#kind = kind
    this.#self = self
    this.#random = random
  }

  /** What the process is told in place of `packet`. */
  messages(packet: Packet): readonly Packet[] {
    if (this.#late !== undefined) return this.#pass(packet)
    return this.#random.oneIn(sabotageOneIn) ? this.#spoil(packet) : [packet]
  }

  /** What the process is told in place of `change`. */
  confchg(change: Confchg): Confchg {
    if (this.#kind !== 'lose the list of members') return change
    return { ...change, members: change.members.filter(({ nodeid }) => nodeid === this.#self.nodeid) }
  }

  #spoil(packet: Packet): readonly Packet[] {
    const isOwn = packet.from === this.#self
    switch (this.#kind) {
      case 'drop own messages':
        return isOwn ? [] : [packet]
      case 'drop messages of others':
        return isOwn ? [packet] : []
      case 'deliver twice':
        return [packet, packet]
      case 'damage':
        return [{ ...packet, bytes: packet.bytes.map((byte) => byte ^ 1) }]
      case 'forge the sender':
        return [{ ...packet, from: { nodeid: packet.from.nodeid, pid: packet.from.pid + 500 } }]
      case 'deliver late':
      case 'swap with the next':
        this.#late = packet
        this.#passed = 0
        return []
      case 'lose the list of members':
        return [packet]
    }
  }

  #pass(packet: Packet): readonly Packet[] {
    this.#passed += 1
    const late = this.#late as Packet
    if (this.#passed < (overtakers[this.#kind] ?? 0)) return [packet]
    this.#late = undefined
    return [packet, late]
  }
}

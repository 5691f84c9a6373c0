// Faults of the world itself: what no transport may do. Only the test that shows that the checks find them uses this.

import type { Member } from '@quorate/core'
import type { Packet } from './packet.ts'
import type { Random } from './random.ts'

export type Sabotage =
  | 'drop own messages'
  | 'drop messages of others'
  | 'deliver twice'
  | 'damage'
  | 'deliver late'
  | 'forge the sender'

/** Of so many messages one is dealt with wrongly. */
const sabotageOneIn = 20

/** What is delivered in place of `packet`. */
export function sabotaged(kind: Sabotage, packet: Packet, to: Member, random: Random): readonly Packet[] {
  if (!random.oneIn(sabotageOneIn)) return [packet]
  switch (kind) {
    case 'drop own messages':
      return packet.from === to ? [] : [packet]
    case 'drop messages of others':
      return packet.from === to ? [packet] : []
    case 'deliver twice':
      return [packet, packet]
    case 'damage':
      return [{ ...packet, bytes: packet.bytes.map((byte) => byte ^ 1) }]
    case 'deliver late':
      return []
    case 'forge the sender':
      return [{ ...packet, from: { nodeid: packet.from.nodeid, pid: packet.from.pid + 1 } }]
  }
}

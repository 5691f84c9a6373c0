// What happens when nodes form a new ring, after exec/totemsrp.c: those that come from one old ring together show
// each other what they hold of it, deliver what it still owes them, and enter the new one.

import type { Daemon } from './daemon.ts'
import { type Packet, Ring } from './ring.ts'

/** Moves `daemons` into one new ring. Of the messages waiting at a merge, `mergeLoss` are lost to strangers. */
export function formRing(daemons: readonly Daemon[], mergeLoss: number): void {
  const ring = new Ring(nextRingId(daemons), nodeidsOf(daemons))
  for (const companions of byOldRing(daemons)) {
    deliverOwed(companions)
    const nodeids = nodeidsOf(companions)
    for (const daemon of companions) {
      loseFirst(daemon, mergeLoss, without(ring.nodes, nodeids))
      daemon.enter(ring, nodeids)
    }
  }
}

/** The lowest node represents the ring; its number is above all that these nodes have seen. */
function nextRingId(daemons: readonly Daemon[]): Ring['id'] {
  let seq = 0n
  for (const daemon of daemons) if (daemon.ringSeqMax > seq) seq = daemon.ringSeqMax
  return { nodeid: Math.min(...nodeidsOf(daemons)), seq: seq + 4n }
}

function byOldRing(daemons: readonly Daemon[]): Iterable<readonly Daemon[]> {
  const companions = new Map<Ring, Daemon[]>()
  for (const daemon of daemons) {
    companions.set(daemon.ring, [...(companions.get(daemon.ring) ?? []), daemon])
  }
  return companions.values()
}

/**
 * Up to the first packet that none of the companions holds each delivers everything. Past it only what companions
 * broadcast: of the others' packets nobody knows what else was lost.
 */
function deliverOwed(companions: readonly Daemon[]): void {
  const nodeids = nodeidsOf(companions)
  for (const { sequence, packet, pastHole } of packetsHeld(companions)) {
    if (pastHole && !nodeids.has(packet.origin)) continue
    for (const daemon of companions) if (sequence >= daemon.next) daemon.handle(packet)
  }
}

interface HeldPacket {
  readonly sequence: number
  readonly packet: Packet
  readonly pastHole: boolean
}

function packetsHeld(companions: readonly Daemon[]): HeldPacket[] {
  const packets = companions[0]?.ring.packets
  const held: HeldPacket[] = []
  if (packets === undefined) return held
  let pastHole = false
  for (let sequence = packets.start; sequence < packets.end; sequence++) {
    if (companions.some((daemon) => daemon.holds(sequence))) {
      held.push({ sequence, packet: packets.at(sequence), pastHole })
    } else pastHole = true
  }
  return held
}

/** A sender's queue holds packets already cut into fragments: strangers cannot put the first of them together. */
function loseFirst(daemon: Daemon, count: number, strangers: ReadonlySet<number>): void {
  const { outgoing } = daemon
  let left = count
  for (let position = outgoing.start; position < outgoing.end && left > 0; position++) {
    const packet = outgoing.at(position)
    if (packet.content.type !== 'message') continue
    packet.missedBy = new Set([...packet.missedBy, ...strangers])
    left -= 1
  }
}

function nodeidsOf(daemons: readonly Daemon[]): Set<number> {
  return new Set(daemons.map((daemon) => daemon.nodeid))
}

function without(all: ReadonlySet<number>, excluded: ReadonlySet<number>): Set<number> {
  return new Set([...all].filter((nodeid) => !excluded.has(nodeid)))
}

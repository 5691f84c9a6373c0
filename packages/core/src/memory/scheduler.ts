// Who acts next. Every advance of the network is one of four steps: the token comes by a node and it broadcasts a
// packet, a node receives one, it hears of its quorum, or one of its processes takes an event.

import type { Daemon } from './daemon.ts'

/** Packets that may be under way in a ring at once; beyond, the token waits for the slowest node. */
const windowPackets = 4096
/** Packets that a node broadcasts each time the token comes by. */
const packetsPerToken = 64

type Step = () => void

/** Lets every node do what it can: one rotation of the token. Whether anything happened. */
export function rotate(daemons: readonly Daemon[]): boolean {
  let happened = false
  for (const daemon of daemons) happened = orderSome(daemon) || happened
  for (const daemon of daemons) happened = receiveAll(daemon) || happened
  for (const daemon of daemons) happened = tellAll(daemon) || happened
  for (const { ring } of daemons) ring.forgetDelivered()
  return happened
}

/** All that could happen next. */
export function possibleSteps(daemons: readonly Daemon[]): Step[] {
  const steps: Step[] = []
  for (const daemon of daemons) {
    daemon.ring.forgetDelivered()
    if (mayOrder(daemon)) steps.push(() => daemon.order())
    const sequence = daemon.firstReceivable()
    if (sequence !== undefined) steps.push(() => daemon.hold(sequence))
    if (daemon.pendingQuorum !== undefined) steps.push(() => daemon.speakQuorum())
    for (const channel of daemon.channels) if (channel.hasEvents) steps.push(() => channel.dispatch())
  }
  return steps
}

function mayOrder({ alive, synced, outgoing, ring }: Daemon): boolean {
  return alive && synced && outgoing.length > 0 && ring.packets.end - ring.lowestNext() < windowPackets
}

function orderSome(daemon: Daemon): boolean {
  let count = 0
  for (; count < packetsPerToken && mayOrder(daemon); count++) daemon.order()
  return count > 0
}

function receiveAll(daemon: Daemon): boolean {
  let count = 0
  for (let sequence = daemon.firstReceivable(); sequence !== undefined; sequence = daemon.firstReceivable()) {
    daemon.hold(sequence)
    count += 1
  }
  return count > 0
}

/** Hands over what waits now; what the listeners cause by it waits for the next rotation. */
function tellAll(daemon: Daemon): boolean {
  let happened = daemon.pendingQuorum !== undefined
  daemon.speakQuorum()
  for (const channel of [...daemon.channels]) happened = channel.dispatchAll() || happened
  return happened
}

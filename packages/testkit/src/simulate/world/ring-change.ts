// What happens when nodes form a new ring, after exec/totemsrp.c: those that come from one old ring together show each
// other what they hold of it, deliver what it still owes them, and enter the new one.

import type { Member } from '@quorate/core'
import type { Daemon } from './daemon.ts'
import type { Environment } from './environment.ts'
import { bitOf, type NodeSet, type Packet } from './packet.ts'
import { Ring } from './ring.ts'

/** Moves `daemons`, all of them alive, into one new ring. */
export function formRing(
  environment: Environment,
  daemons: readonly Daemon[],
  quorate: (nodeids: readonly number[]) => boolean,
): Ring {
  const companies = companiesOf(daemons)
  for (const company of companies) leaveOldRing(environment, company)
  const ring = newRing(daemons, quorate)
  for (const company of companies) {
    const companions = nodeSet(company)
    for (const daemon of company) {
      if (companions !== ring.nodes) loseFirst(environment, daemon, companions)
      daemon.enter(ring, companions)
    }
  }
  countRing(environment, companies, ring)
  return ring
}

export function nodeSet(daemons: readonly Daemon[]): NodeSet {
  let nodes = 0
  for (const { bit } of daemons) nodes |= bit
  return nodes
}

/** Those that come from the same ring. */
function companiesOf(daemons: readonly Daemon[]): readonly (readonly Daemon[])[] {
  const companies = new Map<Ring, Daemon[]>()
  for (const daemon of daemons) {
    const company = companies.get(daemon.ring)
    if (company === undefined) companies.set(daemon.ring, [daemon])
    else company.push(daemon)
  }
  return [...companies.values()]
}

/** The lowest node represents the ring; its number is above all that these nodes have seen. */
function newRing(daemons: readonly Daemon[], quorate: (nodeids: readonly number[]) => boolean): Ring {
  let seq = 0
  const present: Member[] = []
  for (const { ringSeqMax, listed, nodeid } of daemons) {
    seq = Math.max(seq, ringSeqMax)
    present.push(...listed.filter((member) => member.nodeid === nodeid))
  }
  const nodeids = daemons.map(({ nodeid }) => nodeid)
  const id = { nodeid: Math.min(...nodeids), seq: BigInt(seq + 4) }
  return new Ring(id, nodeSet(daemons), present, quorate(nodeids))
}

/** In a ring whose sync was aborted everywhere nothing was sent: there is nothing to deliver. */
function leaveOldRing(environment: Environment, company: readonly Daemon[]): void {
  if (!company.some(({ synced }) => synced)) {
    environment.count('sync aborted')
    return
  }
  for (const daemon of company) if (!daemon.synced) daemon.sync()
  deliverOwed(environment, company)
}

/**
 * Up to the first packet that nobody of the company holds each delivers everything. Past it only what the company sent
 * itself: of the others' packets nobody knows what else was lost.
 */
function deliverOwed(environment: Environment, company: readonly Daemon[]): void {
  const nodes = nodeSet(company)
  const { packets, held } = (company[0] as Daemon).ring
  const hole = firstHole(held, nodes)
  for (let place = 0; place < hole; place++) held[place] = (held[place] as NodeSet) | nodes
  for (const daemon of company) {
    daemon.deliver()
    for (let place = hole; place < packets.length; place++) {
      const packet = packets[place] as Packet
      if (((held[place] as NodeSet) & nodes) === 0 || (bitOf(packet.from.nodeid) & nodes) === 0) {
        environment.count('message missed by one side of a partition')
      } else {
        environment.count('message delivered past a hole')
        daemon.handle(packet)
      }
    }
  }
}

function firstHole(held: readonly NodeSet[], nodes: NodeSet): number {
  for (let place = 0; place < held.length; place++) if (((held[place] as NodeSet) & nodes) === 0) return place
  return held.length
}

/** A sender's queue holds packets already cut into fragments: strangers cannot put the first of them together. */
function loseFirst({ random, traits }: Environment, daemon: Daemon, companions: NodeSet): void {
  if (daemon.outgoing.length === 0 || !random.oneIn(traits.mergeLossOneIn)) return
  const length = 1 + random.below(traits.mergeLossMax)
  for (const packet of daemon.outgoing.slice(0, length)) {
    if (packet.kind === 'message') packet.assemblers &= companions
  }
}

function countRing(
  environment: Environment,
  companies: readonly (readonly Daemon[])[],
  { nodes }: Ring,
): void {
  environment.count('ring formed')
  if (companies.length > 1) environment.count('merge')
  environment.note(() => `ring of nodes ${nodes.toString(2)} from ${companies.length} ring(s)`)
}

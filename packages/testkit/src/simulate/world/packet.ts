// What one node broadcasts: a process's message, or the news that a process joined or left.

import type { Member } from '@quorate/core'

/** A set of nodes: bit `nodeid - 1`. */
export type NodeSet = number

export const allNodes: NodeSet = -1

export function bitOf(nodeid: number): NodeSet {
  return 1 << (nodeid - 1)
}

/** The nodes of a set, ascending. */
export function nodeidsOf(nodes: NodeSet): number[] {
  const nodeids: number[] = []
  for (let nodeid = 1; nodes >>> (nodeid - 1) !== 0 && nodeid <= 32; nodeid++)
    if ((nodes & bitOf(nodeid)) !== 0) nodeids.push(nodeid)
  return nodeids
}

export function sameMember(a: Member, b: Member): boolean {
  return a.nodeid === b.nodeid && a.pid === b.pid
}

export function holdsMember(members: readonly Member[], member: Member): boolean {
  for (const each of members) if (sameMember(each, member)) return true
  return false
}

export interface Packet {
  readonly kind: 'message' | 'join' | 'leave'
  readonly from: Member
  readonly bytes: Uint8Array
  /** Of the bytes, for the trace. */
  readonly hash: number
  /** The ring in which it was sent. */
  readonly sentIn: object
  /**
   * Who can put it together. At a merge the first packets of a queue are already cut into fragments, and those who
   * were not in the sender's ring have missed some.
   */
  assemblers: NodeSet
}

const nothing = new Uint8Array(0)

/** The news that a process joined or left. */
export function news(kind: 'join' | 'leave', from: Member, sentIn: object): Packet {
  return { kind, from, bytes: nothing, hash: 0, sentIn, assemblers: allNodes }
}

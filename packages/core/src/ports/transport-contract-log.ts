// A member's log, cut into what the guarantees speak of: memberships (from a first view to `down` or the end) and
// within them stays (what one ring delivered).

import { createHash } from 'node:crypto'
import type { Delivery, Member, RingId, TransportEvent, View } from './transport.ts'

/** All that one channel was told, and all that it sent. */
export interface MemberLog {
  /** As it was at the join. */
  readonly self: Member
  readonly events: readonly TransportEvent[]
  /** The accepted messages as {@link messageKey} names them, in order. They must differ from each other. */
  readonly sent: readonly string[]
}

/** A delivery, named. */
export interface LoggedMessage {
  readonly type: 'message'
  readonly from: Member
  /** The sender and the message, as in {@link ReadLog.sent}. */
  readonly key: string
}

/** What a member saw of one ring. */
export interface Stay {
  readonly self: Member
  readonly ring: string
  /** The stay before it in this membership; `undefined` when the member joined during this ring. */
  readonly before: Stay | undefined
  readonly first: View
  readonly items: (LoggedMessage | View)[]
  /** The ring that followed in this membership. */
  next: string | undefined
}

export function memberKey({ nodeid, pid }: Member): string {
  return `${nodeid}/${pid}`
}

export function ringKey({ nodeid, seq }: RingId): string {
  return `${nodeid}:${seq}`
}

/** Names a message by its printable beginning, its length and its content. */
export function messageKey(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 16))
    .toString('latin1')
    .replace(/[^ -~].*/s, '')
  const digest = createHash('sha1').update(bytes).digest('base64url').slice(0, 8)
  return `${start}(${bytes.byteLength} bytes, ${digest})`
}

/** A log, taken apart once for all checks. */
export interface ReadLog {
  readonly self: Member
  readonly events: readonly TransportEvent[]
  /** The names of all that it sent, for each name that the member had. */
  readonly sent: ReadonlyMap<string, readonly string[]>
  readonly memberships: readonly (readonly Stay[])[]
}

export function readLog(log: MemberLog): ReadLog {
  const sent = new Map<string, readonly string[]>()
  const addSelf = (self: Member) =>
    sent.set(
      memberKey(self),
      log.sent.map((key) => `${memberKey(self)} ${key}`),
    )
  addSelf(log.self)
  for (const event of log.events) if (event.type === 'up') addSelf(event.self)
  return { self: log.self, events: log.events, sent, memberships: membershipsOf(log) }
}

function membershipsOf(log: MemberLog): Stay[][] {
  const memberships: Stay[][] = []
  let self = log.self
  let stays: Stay[] | undefined
  for (const event of log.events) {
    if (event.type === 'down') stays = undefined
    else if (event.type === 'up') self = event.self
    else if (event.type === 'view' && stays === undefined) {
      stays = [beginStay(self, event, undefined)]
      memberships.push(stays)
    } else if (event.type === 'view' || event.type === 'message') addTo(stays, event)
  }
  return memberships
}

function addTo(stays: Stay[] | undefined, event: Delivery | View): void {
  const last = stays?.at(-1)
  if (last === undefined) return
  if (event.type === 'message') last.items.push(nameMessage(event))
  else if (event.cause === 'membership') last.items.push(event)
  else {
    last.next = ringKey(event.ring)
    stays?.push(beginStay(last.self, event, last))
  }
}

function nameMessage({ from, bytes }: Delivery): LoggedMessage {
  return { type: 'message', from, key: `${memberKey(from)} ${messageKey(bytes)}` }
}

function beginStay(self: Member, first: View, before: Stay | undefined): Stay {
  return { self, ring: ringKey(first.ring), before, first, items: [], next: undefined }
}

/** One line per event, for error messages. */
export function describeEvent(event: TransportEvent): string {
  switch (event.type) {
    case 'view':
      return `view ${event.cause} [${event.members.map(memberKey)}] ring ${ringKey(event.ring)} quorate ${event.quorate}`
    case 'message':
      return `message ${messageKey(event.bytes)} from ${memberKey(event.from)}`
    case 'quorum':
      return `quorum ${event.quorate} of ring ${ringKey(event.ring)}`
    case 'up':
      return `up as ${memberKey(event.self)}`
    case 'down':
      return `down: ${event.error.message}`
    case 'drain':
      return 'drain'
  }
}

export function holds(view: View, { nodeid, pid }: Member): boolean {
  return view.members.some((member) => member.nodeid === nodeid && member.pid === pid)
}

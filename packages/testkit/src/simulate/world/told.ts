// How the events that a process is told are counted and traced.

import type { Member, TransportEvent } from '@quorate/core'
import type { Environment } from './environment.ts'
import type { WorldEventKind } from './statistics.ts'

export function eventKindOf(event: TransportEvent): WorldEventKind {
  switch (event.type) {
    case 'message':
      return 'message delivered'
    case 'view':
      return event.cause === 'ring' ? 'view of a ring' : 'view of a membership change'
    case 'quorum':
      return 'quorum notification after its ring'
    default:
      return event.type
  }
}

const typeNumbers = { message: 1, view: 2, quorum: 3, drain: 4, down: 5, up: 6 } as const

/** `hash` is that of a message's bytes. */
export function traceEvent(environment: Environment, to: Member, event: TransportEvent, hash: number): void {
  const { trace } = environment
  trace.mix(typeNumbers[event.type] * 64 + to.nodeid, hash ^ environment.nowUs)
  if (event.type === 'view') {
    trace.mix(Number(event.ring.seq), event.ring.nodeid)
    for (const { nodeid, pid } of event.members) trace.mix(nodeid, pid)
  }
  if (environment.isRead) environment.note(() => `${to.nodeid}/${to.pid} ${describe(event)}`)
}

function describe(event: TransportEvent): string {
  switch (event.type) {
    case 'message':
      return `message of ${event.bytes.length} bytes from ${event.from.nodeid}/${event.from.pid}`
    case 'view': {
      const members = event.members.map(({ nodeid, pid }) => `${nodeid}/${pid}`).join(' ')
      return `view (${event.cause}) ${members}, ring ${event.ring.nodeid}:${event.ring.seq}, quorate ${event.quorate}`
    }
    case 'quorum':
      return `quorum ${event.quorate} of ring ${event.ring.nodeid}:${event.ring.seq}`
    default:
      return event.type
  }
}

// What the logs of a group's members must satisfy whatever happened. The contract ends every case with these
// checks; simulations can use them as well. Numbers in brackets are those of the guarantees in ports/transport.ts.

import assert from 'node:assert/strict'
import type { Member, TransportEvent, View } from './transport.ts'
import { completenessViolations, orderViolations } from './transport-contract-completeness.ts'
import {
  describeEvent,
  holds,
  type LoggedMessage,
  type MemberLog,
  memberKey,
  type ReadLog,
  readLog,
  ringKey,
  type Stay,
} from './transport-contract-log.ts'

export interface LogCheckOptions {
  /**
   * `false` where rings can form and break unheard: then two members can see the same two rings in a row without
   * having come along, and completeness cannot be read off their logs. `true` by default.
   */
  readonly completeness?: boolean
}

/** Fails with the violations that the logs of one group's members show. */
export function assertLogsConsistent(logs: readonly MemberLog[], options: LogCheckOptions = {}): void {
  const found = logViolations(logs, options)
  assert.equal(
    found.length,
    0,
    `The logs violate the transport's guarantees:\n${found.slice(0, 10).join('\n')}`,
  )
}

/** Every violation of the port's guarantees that the logs of one group's members show, in words. */
export function logViolations(logs: readonly MemberLog[], options: LogCheckOptions = {}): string[] {
  const read = logs.map(readLog)
  return [
    ...read.flatMap(grammarViolations),
    ...read.flatMap(viewViolations),
    ...read.flatMap(duplicateViolations),
    ...ringViolations(read),
    ...senderViolations(read),
    ...pairViolations(read, options.completeness !== false),
  ]
}

/** A membership begins with a view [6]; after `down` comes `up` (or why not yet), after `up` a view. */
function grammarViolations({ self, events }: ReadLog): string[] {
  const found: string[] = []
  let expected: readonly TransportEvent['type'][] = ['view']
  for (const event of events) {
    if (!expected.includes(event.type)) {
      found.push(
        `${memberKey(self)} was told "${describeEvent(event)}" where only ${expected.join(', ')} may come`,
      )
    }
    expected = followers(event)
  }
  return found
}

function followers({ type }: TransportEvent): readonly TransportEvent['type'][] {
  if (type === 'down') return ['up', 'down']
  if (type === 'up') return ['view']
  return ['view', 'message', 'quorum', 'drain', 'down']
}

/** Views are sorted and hold the member itself; messages come from members of the view [6]. */
function viewViolations({ memberships }: ReadLog): string[] {
  return memberships.flat().flatMap((stay) => {
    let view = stay.first
    return [stay.first, ...stay.items].flatMap((item) => {
      if (item.type === 'message') return senderUnknown(stay, view, item)
      view = item
      return viewFlaws(stay, view).map((flaw) => `${memberKey(stay.self)}: ${flaw}: ${describeEvent(item)}`)
    })
  })
}

function senderUnknown({ self }: Stay, view: View, { from, key }: LoggedMessage): string[] {
  return holds(view, from) ? [] : [`${memberKey(self)} delivered ${key} in the ${describeEvent(view)}`]
}

function viewFlaws({ self, ring }: Stay, view: View): string[] {
  const flaws: string[] = []
  if (!holds(view, self)) flaws.push('a view lacks the member itself')
  if (!isSorted(view.members)) flaws.push('the members of a view are not sorted')
  if (ringKey(view.ring) !== ring) flaws.push(`a membership view in ring ${ring} names another ring`)
  return flaws
}

/** At most once per membership [3]; a ring that has ended does not come back. */
function duplicateViolations({ self, memberships }: ReadLog): string[] {
  return memberships.flatMap((stays) => {
    const keys = stays.flatMap(({ items }) =>
      items.flatMap((item) => (item.type === 'message' ? [item.key] : [])),
    )
    const again = repeated(keys).map((key) => `${memberKey(self)} delivered ${key} twice`)
    const back = repeated(stays.map(({ ring }) => ring)).map(
      (ring) => `${memberKey(self)} saw ring ${ring} twice`,
    )
    return [...again, ...back]
  })
}

function messagesIn({ items }: Stay): LoggedMessage[] {
  return items.filter((item) => item.type === 'message')
}

function repeated(keys: readonly string[]): string[] {
  const seen = new Set<string>()
  return keys.filter((key) => seen.size === seen.add(key).size)
}

/** The view of a new ring holds the same members everywhere, and everybody hears the same of its quorum. */
function ringViolations(logs: readonly ReadLog[]): string[] {
  const known = new Map<string, string>()
  const found: string[] = []
  const compare = (what: string, value: string) => {
    const other = known.get(what) ?? value
    known.set(what, value)
    if (value !== other) found.push(`${what} is ${value} for one member and ${other} for another`)
  }
  for (const event of logs.flatMap((log) => log.events)) {
    if (event.type !== 'view' && event.type !== 'quorum') continue
    const ring = ringKey(event.ring)
    if (event.quorate !== null) compare(`The quorum of ring ${ring}`, String(event.quorate))
    if (event.type === 'view' && event.cause === 'ring') {
      compare(`The membership of ring ${ring}`, `[${event.members.map(memberKey)}]`)
    }
  }
  return found
}

/** Only what was sent [3], in the order of sending [1], and within a ring without a gap [4, 5]. */
function senderViolations(logs: readonly ReadLog[]): string[] {
  const sent = new Map(logs.flatMap((log) => [...log.sent]))
  const places = new Map(
    [...sent.values()].flatMap((keys) => keys.map((key, place) => [key, place] as const)),
  )
  const flawsIn = (stays: readonly Stay[]) => {
    const last: LastPlaces = new Map()
    return stays.flatMap((stay) =>
      messagesIn(stay)
        .filter(({ from }) => sent.has(memberKey(from)))
        .flatMap((message) => placeFlaws(stay, message, places.get(message.key), last)),
    )
  }
  return logs.flatMap((log) => log.memberships).flatMap(flawsIn)
}

/** By sender, where in its sending order the last delivered message stood, and in which ring it came. */
type LastPlaces = Map<string, { readonly place: number; readonly ring: string }>

function placeFlaws(
  { self, ring }: Stay,
  { from, key }: LoggedMessage,
  place: number | undefined,
  last: LastPlaces,
): string[] {
  const before = last.get(memberKey(from))
  if (place !== undefined) last.set(memberKey(from), { place, ring })
  const flaw = placeFlaw(place, before?.place, before?.ring === ring)
  return flaw === undefined ? [] : [`${memberKey(self)} delivered ${key} in ring ${ring} ${flaw}`]
}

function placeFlaw(
  place: number | undefined,
  before: number | undefined,
  sameRing: boolean,
): string | undefined {
  if (place === undefined) return 'although nobody sent it'
  if (before === undefined) return undefined
  if (place < before) return 'behind a later message of its sender'
  if (sameRing && place > before + 1)
    return `although the ${place - before - 1} message(s) before it were left out`
  return undefined
}

function pairViolations(logs: readonly ReadLog[], completeness: boolean): string[] {
  const found: string[] = []
  const stays = logs.flatMap((log) => log.memberships.flat())
  for (const ring of new Set(stays.map((stay) => stay.ring))) {
    const inRing = stays.filter((stay) => stay.ring === ring)
    for (const [index, a] of inRing.entries()) {
      for (const b of inRing.slice(index + 1)) {
        found.push(...orderViolations(a, b))
        if (completeness) found.push(...completenessViolations(a, b, inRing))
      }
    }
  }
  return found
}

function isSorted(members: readonly Member[]): boolean {
  return members.every((member, index) => {
    const before = members[index - 1]
    if (before === undefined || before.nodeid < member.nodeid) return true
    return before.nodeid === member.nodeid && before.pid < member.pid
  })
}

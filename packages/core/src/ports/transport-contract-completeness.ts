// What the logs of two members must have in common: one order, and no message that only one of two who went along
// delivered. Numbers in brackets are those of the guarantees in ports/transport.ts.

import type { Member } from './transport.ts'
import { holds, memberKey, type Stay } from './transport-contract-log.ts'

type Items = Stay['items']

/** What two members deliver in one ring they deliver in one order [1]. */
export function orderViolations(a: Stay, b: Stay): string[] {
  const [inA, inB] = [keysIn(a.items), keysIn(b.items)]
  const [setA, setB] = [new Set(inA), new Set(inB)]
  const difference = firstDifference(
    inA.filter((key) => setB.has(key)),
    inB.filter((key) => setA.has(key)),
  )
  return difference === undefined
    ? []
    : [`In ring ${a.ring} ${names(a, b)} delivered in another order: ${difference}`]
}

/** Those that come along from one ring to the next delivered the same [4, 6], but for what a merge lost [5]. */
export function completenessViolations(a: Stay, b: Stay, inRing: readonly Stay[]): string[] {
  if (a.next === undefined || a.next !== b.next || sawLeave(a, b) || sawLeave(b, a)) return []
  const [early, late] = a.before === undefined && holds(a.first, b.self) ? [b, a] : [a, b]
  const candidates = late.before === undefined ? itemsAfterJoin(early, late.self) : [early.items]
  const differences = candidates.map((items) => difference({ ...early, items }, late, inRing))
  if (differences.includes(undefined)) return []
  const what = differences[0] ?? `${memberKey(early.self)} never saw ${memberKey(late.self)} join`
  return [
    `${names(a, b)} went together from ring ${a.ring} to ${a.next} and did not deliver the same: ${what}`,
  ]
}

/** The first difference that the rule for merges does not excuse. */
function difference(a: Stay, b: Stay, inRing: readonly Stay[]): string | undefined {
  const [fromA, fromB] = [bySender(a.items), bySender(b.items)]
  for (const sender of new Set([...fromA.keys(), ...fromB.keys()])) {
    const [inA, inB] = [fromA.get(sender) ?? [], fromB.get(sender) ?? []]
    const [loser, shorter, longer] = inA.length < inB.length ? [a, inA, inB] : [b, inB, inA]
    const lost = longer.length - shorter.length
    const origin = inRing.find((stay) => memberKey(stay.self) === sender)
    const excused = lost > 0 && mayLoseFrom(sender, loser, origin)
    const found = firstDifference(shorter, excused ? longer.slice(lost) : longer)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Whether the loser has delivered nothing of the sender since they were last apart. Taken as so where the logs do not
 * reach back far enough. Nobody is ever apart from itself.
 */
function mayLoseFrom(sender: string, loser: Stay, origin: Stay | undefined): boolean {
  if (sender === memberKey(loser.self)) return false
  if (origin?.before === undefined || loser.before === undefined) return true
  if (origin.before.ring !== loser.before.ring) return true
  return !bySender(loser.before.items).has(sender) && mayLoseFrom(sender, loser.before, origin.before)
}

/** What `stay` holds behind each view with which `joiner` appears (the same process can join twice in a ring). */
function itemsAfterJoin(stay: Stay, joiner: Member): Items[] {
  const after: Items[] = []
  let view = stay.first
  for (const [index, item] of stay.items.entries()) {
    if (item.type !== 'view') continue
    if (!holds(view, joiner) && holds(item, joiner)) after.push(stay.items.slice(index + 1))
    view = item
  }
  return after
}

/** Who leaves and comes back between two rings has not come along. */
function sawLeave(stay: Stay, other: Stay): boolean {
  const views = [stay.first, ...stay.items].filter((item) => item.type === 'view')
  const appeared = views.findIndex((view) => holds(view, other.self))
  return views.slice(appeared).some((view) => !holds(view, other.self))
}

function keysIn(items: Items): string[] {
  return items.flatMap((item) => (item.type === 'message' ? [item.key] : []))
}

function bySender(items: Items): Map<string, string[]> {
  const senders = new Map<string, string[]>()
  for (const item of items) {
    if (item.type !== 'message') continue
    const keys = senders.get(memberKey(item.from))
    if (keys === undefined) senders.set(memberKey(item.from), [item.key])
    else keys.push(item.key)
  }
  return senders
}

function firstDifference(a: readonly string[], b: readonly string[]): string | undefined {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    if (a[index] !== b[index])
      return `${a[index] ?? 'nothing'} against ${b[index] ?? 'nothing'} at place ${index}`
  }
  return undefined
}

function names(a: Stay, b: Stay): string {
  return `${memberKey(a.self)} and ${memberKey(b.self)}`
}

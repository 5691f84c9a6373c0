// Keys that nothing leads to any more. Each transaction clears some, so that none takes long, and more than it adds, so
// that they come to an end.

import type { Garbage } from './contents.ts'
import { entryKey, partKey } from './keys.ts'

/** Cleared by a transaction that adds little itself. */
const clearedMin = 1_000

/** How many keys a transaction clears that puts so many. */
export const clearedMax = (puts: number): number => Math.max(clearedMin, 2 * puts)

/** `all` and `more`; in one piece where it goes on where another one ends. */
export function withGarbage(all: readonly Garbage[], more: Garbage): readonly Garbage[] {
  if (more.to < more.from) return all
  const before = all.findIndex(
    ({ kind, id, to }) => kind === more.kind && id === more.id && to + 1 === more.from,
  )
  if (before === -1) return [...all, more]
  return all.map((each, place) => (place === before ? { ...each, to: more.to } : each))
}

/** Up to `count` keys of `all`, and what is left then. */
export function cleared(
  all: readonly Garbage[],
  count: number,
): { readonly keys: readonly Buffer[]; readonly left: readonly Garbage[] } {
  const keys: Buffer[] = []
  const left: Garbage[] = []
  for (const each of all) {
    const until = Math.min(each.to, each.from + count - keys.length - 1)
    for (let place = each.from; place <= until; place++) keys.push(keyOf(each, place))
    if (until < each.to) left.push({ ...each, from: until + 1 })
  }
  return { keys, left }
}

const keyOf = ({ kind, id }: Garbage, place: number): Buffer =>
  kind === 'entry' ? entryKey(id, place) : partKey(id, place)

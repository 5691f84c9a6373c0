// A value in the tree of free pages: how many numbers follow; a negative one says how many pages begin at the next.

import { Damage } from './damage.ts'

/** @throws {Damage} */
export function* freePages(value: Buffer): Iterable<number> {
  const numbers = value.length / 8
  const count = numbers >= 1 ? Number(value.readBigInt64LE(0)) : -1
  if (count < 0 || count >= numbers) throw new Damage('its list of free pages has no length that fits')
  for (let place = 1; place <= count; place++) {
    const number = Number(value.readBigInt64LE(8 * place))
    if (number >= 0) {
      if (number > 0) yield number
      continue
    }
    place += 1
    if (place > count) throw new Damage('its list of free pages ends within a run')
    const first = Number(value.readBigInt64LE(8 * place))
    for (let page = first; page < first - number; page++) yield page
  }
}

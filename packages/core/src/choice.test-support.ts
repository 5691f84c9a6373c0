// Chance for tests: from a seed, so that what failed can be played again.

/** Draws from 0 to `count` - 1. mulberry32: small, fast, and the same on every machine. */
export function choiceFrom(seed: number): (count: number) => number {
  let state = seed
  return (count) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count
  }
}

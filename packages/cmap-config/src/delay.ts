// Pauses as options give them. Node's timers take one that is too long, or no number, for a millisecond: what should come
// seldom, or never, would come without a pause.

/** The longest that a timer of Node waits, some 25 days. */
const delayMsMax = 2 ** 31 - 1

/**
 * `delayMs` as a timer takes it; `Infinity` is the longest there is.
 *
 * @throws {RangeError} it is no number above 0
 */
export function checkedDelayMs(name: string, delayMs: number): number {
  if (!(delayMs > 0)) throw new RangeError(`${name} is a number of milliseconds above 0, and not ${delayMs}.`)
  return Math.min(delayMs, delayMsMax)
}

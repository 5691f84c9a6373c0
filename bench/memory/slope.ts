// How fast a figure grows: the Theil-Sen estimator, the median of the slopes between all pairs of points. A collection of
// garbage now and then, or a jump, moves it little, where least squares would follow them.

import { median } from '../support/statistics.ts'

/** A figure at an instant. */
export interface Point {
  readonly minute: number
  readonly value: number
}

/**
 * By how much the value grows in a minute.
 *
 * @throws {RangeError} there are no two points at different instants
 */
export function slopePerMinute(points: readonly Point[]): number {
  const slopes = points.flatMap((from, place) =>
    points
      .slice(place + 1)
      .filter(({ minute }) => minute !== from.minute)
      .map(({ minute, value }) => (value - from.value) / (minute - from.minute)),
  )
  return median(slopes)
}

// One kind of memory, of the same process on each node, over time. What it comes to is said of the process that grows
// fastest: the others cannot make up for it.

import type { Row } from '../../scripts/bench/bench.ts'
import { type Point, slopePerMinute } from './slope.ts'

const bytesPerMegabyte = 1_000_000

export class Series {
  readonly #points = new Map<number, Point[]>()

  add(nodeid: number, minute: number, bytes: number): void {
    const points = this.#points.get(nodeid) ?? []
    this.#points.set(nodeid, [...points, { minute, value: bytes / bytesPerMegabyte }])
  }

  /** The last figure of each node, such as `70.1, 71.0 MB`. */
  get latest(): string {
    return `${[...this.#points.values()].map((points) => points.at(-1)?.value.toFixed(1)).join(', ')} MB`
  }

  /** @throws {RangeError} there are no two samples of each process */
  rows(name: string): Row[] {
    const [fastest] = [...this.#points.values()].map(growthOf).sort((a, b) => b.slope - a.slope)
    if (fastest === undefined) throw new RangeError(`There is no sample of ${name}.`)
    return [
      { name: `${name}_first_mb`, value: fastest.first, unit: 'MB', better: 'lower' },
      { name: `${name}_last_mb`, value: fastest.last, unit: 'MB', better: 'lower' },
      { name: `${name}_mb_per_min`, value: fastest.slope, unit: 'MB/min', better: 'lower' },
    ]
  }
}

interface Growth {
  readonly first: number
  readonly last: number
  readonly slope: number
}

function growthOf(points: readonly Point[]): Growth {
  const [first, last] = [points.at(0), points.at(-1)] as [Point, Point]
  return { first: first.value, last: last.value, slope: slopePerMinute(points) }
}

// All kinds of peers in turns, in rounds: what slows this machine down for a while slows a whole round, and the median
// of the rounds' ratios does not see the round in which it began.

import { median, quantile } from '../support/statistics.ts'
import type { Peers } from './peers.ts'

/**
 * `node`: ours as it comes. `unpacked`: ours, but each message is a CPG message of its own, as with the peers in C.
 */
export type Kind = 'node' | 'unpacked' | 'c'

/** The peers that there are: without a C compiler only ours. */
export type Contestants = Readonly<Partial<Record<Kind, Peers>>>

/** One message size: how many may be in flight, chosen so that the peers in C are at their fastest. */
export interface Load {
  readonly bytes: number
  readonly window: number
}

/** How often and how long to measure. */
export interface Effort {
  readonly rounds: number
  readonly warmUpMs: number
  readonly throughputMs: number
  readonly roundTripMs: number
}

/** The results of one kind. */
export interface Result<Figure> {
  readonly kind: Kind
  /** Medians of all rounds. */
  readonly figure: Figure
  /** By C's, the median of the rounds' ratios; `undefined` without C. */
  readonly ratio: number | undefined
}

/** Microseconds. */
export interface RoundTrips {
  readonly p50: number
  readonly p99: number
}

/** Messages per second. */
export async function compareThroughput(
  contestants: Contestants,
  { bytes, window }: Load,
  { rounds, warmUpMs, throughputMs }: Effort,
): Promise<Result<number>[]> {
  await inTurns(contestants, 1, (peers) => peers.throughput(bytes, window, warmUpMs))
  const runs = await inTurns(contestants, rounds, (peers) => peers.throughput(bytes, window, throughputMs))
  return [...runs].map(([kind, figures]) => ({
    kind,
    figure: median(figures),
    ratio: medianRatio(figures, runs.get('c')),
  }))
}

export async function compareRoundTrips(
  contestants: Contestants,
  bytes: number,
  { rounds, roundTripMs }: Effort,
): Promise<Result<RoundTrips>[]> {
  const runs = await inTurns(contestants, rounds, async (peers) => {
    const samples = await peers.roundTripsUs(bytes, roundTripMs)
    return { p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) }
  })
  const p50s = (figures: readonly RoundTrips[] = []) => figures.map(({ p50 }) => p50)
  return [...runs].map(([kind, figures]) => ({
    kind,
    figure: { p50: median(p50s(figures)), p99: median(figures.map(({ p99 }) => p99)) },
    ratio: medianRatio(p50s(figures), p50s(runs.get('c'))),
  }))
}

/** Each round begins with another kind. */
async function inTurns<T>(
  contestants: Contestants,
  rounds: number,
  measure: (peers: Peers) => Promise<T>,
): Promise<Map<Kind, T[]>> {
  const order = Object.entries(contestants) as [Kind, Peers][]
  const runs = new Map<Kind, T[]>(order.map(([kind]) => [kind, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [kind, peers] of order) runs.get(kind)?.push(await measure(peers))
    order.push(...order.splice(0, 1))
  }
  return runs
}

function medianRatio(figures: readonly number[], reference: readonly number[] = []): number | undefined {
  const ratios = reference.map((figure, round) => (figures[round] as number) / figure)
  return ratios.length > 0 ? median(ratios) : undefined
}

// Both kinds of peers in turns, in pairs: what slows this machine down for a while slows both members of a pair, and
// the median of the pairs' ratios does not see the pair in which it began.

import type { Peers } from './peers.ts'
import { median, quantile } from './statistics.ts'

/** The kinds that are measured; without a C compiler, only ours. */
export interface Contestants {
  readonly node: Peers
  readonly c: Peers | undefined
}

/** One message size: how many may be in flight, chosen so that the peers in C are at their fastest. */
export interface Load {
  readonly bytes: number
  readonly window: number
}

/** How often and how long to measure. */
export interface Effort {
  readonly pairs: number
  readonly warmUpMs: number
  readonly throughputMs: number
  readonly roundTripMs: number
}

/** What came out for one size. Ratios are ours by C's. */
export interface Comparison<Figure> {
  readonly node: Figure
  readonly c: Figure | undefined
  readonly ratio: number | undefined
}

export interface RoundTrips {
  readonly p50: number
  readonly p99: number
}

/** Messages per second. */
export async function compareThroughput(
  contestants: Contestants,
  { bytes, window }: Load,
  { pairs, warmUpMs, throughputMs }: Effort,
): Promise<Comparison<number>> {
  await inTurns(contestants, 1, (peers) => peers.throughput(bytes, window, warmUpMs))
  const runs = await inTurns(contestants, pairs, (peers) => peers.throughput(bytes, window, throughputMs))
  return { ...summarize(runs, median), ratio: medianRatio(runs, (perSecond) => perSecond) }
}

/** Microseconds. */
export async function compareRoundTrips(
  contestants: Contestants,
  bytes: number,
  { pairs, roundTripMs }: Effort,
): Promise<Comparison<RoundTrips>> {
  const runs = await inTurns(contestants, pairs, async (peers) => {
    const samples = await peers.roundTripsUs(bytes, roundTripMs)
    return { p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) }
  })
  const all = summarize(runs, (several) => ({
    p50: median(several.map(({ p50 }) => p50)),
    p99: median(several.map(({ p99 }) => p99)),
  }))
  return { ...all, ratio: medianRatio(runs, ({ p50 }) => p50) }
}

interface Pair<T> {
  readonly node: T
  readonly c: T | undefined
}

/** Who begins changes from pair to pair. */
async function inTurns<T>(
  { node, c }: Contestants,
  pairs: number,
  measure: (peers: Peers) => Promise<T>,
): Promise<Pair<T>[]> {
  const results: Pair<T>[] = []
  for (let i = 0; i < pairs; i++) {
    const early = c !== undefined && i % 2 === 0 ? await measure(c) : undefined
    const ours = await measure(node)
    results.push({ node: ours, c: early ?? (c && (await measure(c))) })
  }
  return results
}

function summarize<T>(runs: readonly Pair<T>[], of: (several: T[]) => T): Pair<T> {
  const theirs = runs.flatMap(({ c }) => (c === undefined ? [] : [c]))
  return { node: of(runs.map(({ node }) => node)), c: theirs.length > 0 ? of(theirs) : undefined }
}

function medianRatio<T>(runs: readonly Pair<T>[], figure: (value: T) => number): number | undefined {
  const ratios = runs.flatMap(({ node, c }) => (c === undefined ? [] : [figure(node) / figure(c)]))
  return ratios.length > 0 ? median(ratios) : undefined
}

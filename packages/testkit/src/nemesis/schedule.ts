// Which faults come when: drawn from a seed, so that a run can be begun again with the same faults at the same times.
// What the replicas make of them differs from run to run, since real machines do.

import { Random } from '../simulate/world/random.ts'
import type { Fault, FaultKind, LinkFault, PartitionFault, ProcessFault } from './faults.ts'

/** One fault and its time. */
export interface Scheduled {
  /** Milliseconds from the beginning. */
  readonly beginMs: number
  readonly lastsMs: number
  readonly fault: Fault
}

/** How often each kind is drawn, relative to the others, and how long it lasts at most. */
const kinds: { readonly [Kind in FaultKind]: { readonly weight: number; readonly lastsMsMax: number } } = {
  'kill-daemon': { weight: 3, lastsMsMax: 3000 },
  'stop-daemon': { weight: 4, lastsMsMax: 3000 },
  'kill-replica': { weight: 4, lastsMsMax: 1500 },
  'stop-replica': { weight: 3, lastsMsMax: 4000 },
  'kill-node': { weight: 2, lastsMsMax: 3000 },
  'stop-node': { weight: 2, lastsMsMax: 3000 },
  isolate: { weight: 4, lastsMsMax: 4000 },
  split: { weight: 3, lastsMsMax: 4000 },
  slow: { weight: 2, lastsMsMax: 5000 },
  lossy: { weight: 3, lastsMsMax: 5000 },
}

const lastsMsMin = 50
const pauseMsMax = 2500
/** Once in so many pauses the group is left alone for long enough to become whole. */
const lullEvery = 6
const lullMs = 4000

const bag = Object.entries(kinds).flatMap(([kind, { weight }]) =>
  Array.from({ length: weight }, () => kind as FaultKind),
)

/** The faults of `seed` that begin before `endMs`, on the nodes 1 to `nodes`. */
export function drawSchedule(seed: number, nodes: number, endMs: number): Scheduled[] {
  const random = new Random(seed)
  const schedule: Scheduled[] = []
  for (let atMs = drawPause(random); atMs < endMs; atMs += drawPause(random)) {
    const kind = random.pick(bag)
    // Squared: many are short, and end before the ring has noticed.
    const share = (random.below(1000) / 1000) ** 2
    const lastsMs = lastsMsMin + Math.round(share * (kinds[kind].lastsMsMax - lastsMsMin))
    schedule.push({ beginMs: atMs, lastsMs, fault: drawFault(random, kind, nodes) })
  }
  return schedule
}

function drawPause(random: Random): number {
  return (random.oneIn(lullEvery) ? lullMs : 0) + random.below(pauseMsMax)
}

function drawFault(random: Random, kind: FaultKind, nodes: number): Fault {
  const all = Array.from({ length: nodes }, (_, place) => place + 1)
  if (kind === 'isolate' || kind === 'split') return drawPartition(random, kind, all)
  if (kind === 'slow' || kind === 'lossy') return drawLinks(random, kind, all)
  return { kind, node: random.pick(all) } satisfies ProcessFault
}

function drawPartition(random: Random, kind: PartitionFault['kind'], all: readonly number[]): PartitionFault {
  const shuffled = shuffle(random, all)
  const size = kind === 'isolate' ? 1 : Math.floor(all.length / 2)
  const parts = [shuffled.slice(0, size), shuffled.slice(size)]
  return { kind, groups: parts.map((part) => part.sort((a, b) => a - b)) }
}

function drawLinks(random: Random, kind: LinkFault['kind'], all: readonly number[]): LinkFault {
  const nodes = shuffle(random, all).slice(0, 1 + random.below(all.length))
  nodes.sort((a, b) => a - b)
  if (kind === 'lossy')
    return { kind, nodes, delayMs: 0, jitterMs: 0, lossRatio: (1 + random.below(100)) / 1000 }
  const delayMs = 1 + random.below(25)
  return { kind, nodes, delayMs, jitterMs: random.below(delayMs), lossRatio: 0 }
}

/** Fisher and Yates. */
function shuffle(random: Random, items: readonly number[]): number[] {
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = random.below(last + 1)
    ;[shuffled[last], shuffled[other]] = [shuffled[other] as number, shuffled[last] as number]
  }
  return shuffled
}

// Which faults come after which: drawn from a seed, so that a run can be begun again with the same faults in the same
// order. What the replicas make of them differs from run to run, since real machines do.

import { Random } from '../simulate/world/random.ts'
import type { Fault, FaultKind, LinkFault, PartitionFault, ProcessFault } from './faults.ts'

/** A few faults that overlap or follow one another closely. */
export interface Episode {
  /** How long the group is let work before. */
  readonly pauseMs: number
  /** Nodes whose clients rest meanwhile; if there are any, all rest for a moment before. */
  readonly resting: readonly number[]
  readonly faults: readonly Scheduled[]
}

export interface Scheduled {
  /** Milliseconds from the beginning of the episode; ascending. */
  readonly beginMs: number
  readonly lastsMs: number
  readonly fault: Fault
}

/** How often each kind is drawn, relative to the others, and how long it lasts at most. */
const kinds: { readonly [Kind in FaultKind]: { readonly weight: number; readonly lastsMsMax: number } } = {
  'kill-daemon': { weight: 3, lastsMsMax: 3000 },
  'stop-daemon': { weight: 6, lastsMsMax: 4000 },
  'kill-replica': { weight: 4, lastsMsMax: 1500 },
  'stop-replica': { weight: 3, lastsMsMax: 4000 },
  'kill-node': { weight: 2, lastsMsMax: 3000 },
  'stop-node': { weight: 2, lastsMsMax: 3000 },
  'kill-all': { weight: 2, lastsMsMax: 1500 },
  isolate: { weight: 4, lastsMsMax: 3000 },
  split: { weight: 3, lastsMsMax: 3000 },
  slow: { weight: 2, lastsMsMax: 4000 },
  lossy: { weight: 3, lastsMsMax: 4000 },
}

const lastsMsMin = 50
const pauseMsMax = 1500
const faultsMax = 4
/** Once in so many times the episode is `#deliversAlone`. */
const aloneEvery = 3
/** A token timeout of 500 ms, the consensus after it, and room for a busy machine. */
const ringMs = 1400
/** Between two beginnings in an episode: about as long as corosync takes to form a ring. */
const gapMsMax = 1500

const durableBag = Object.entries(kinds).flatMap(([kind, { weight }]) =>
  Array.from({ length: weight }, () => kind as FaultKind),
)
/** All memories at one time would be the end of a group without storage. */
const bag = durableBag.filter((kind) => kind !== 'kill-all')

/** The episodes of one seed, on the nodes 1 to `nodes`, whose replicas have a storage or not; without end. */
export class Schedule {
  readonly #random: Random
  readonly #bag: readonly FaultKind[]
  readonly #nodes: readonly number[]

  constructor(seed: number, nodes: number, { durable }: { readonly durable: boolean }) {
    this.#random = new Random(seed)
    this.#bag = durable ? durableBag : bag
    this.#nodes = Array.from({ length: nodes }, (_, place) => place + 1)
  }

  next(): Episode {
    const pauseMs = this.#random.below(pauseMsMax)
    return this.#random.oneIn(aloneEvery) ? this.#deliversAlone(pauseMs) : this.#many(pauseMs)
  }

  #many(pauseMs: number): Episode {
    const random = this.#random
    let beginMs = 0
    const faults = Array.from({ length: 1 + random.below(faultsMax) }, () => {
      const scheduled = { beginMs, ...this.#draw() }
      beginMs += random.below(gapMsMax)
      return scheduled
    })
    return { pauseMs, resting: [], faults }
  }

  /**
   * A daemon is stopped in silence, is given commands meanwhile, and is continued when the others have a ring without
   * it: often it then delivers them in the old ring, all alone. Who answers on self-delivery loses them.
   */
  #deliversAlone(pauseMs: number): Episode {
    const node = this.#random.pick(this.#nodes)
    const lastsMs = ringMs + this.#random.below(kinds['stop-daemon'].lastsMsMax - ringMs)
    return {
      pauseMs,
      resting: this.#nodes.filter((other) => other !== node),
      faults: [{ beginMs: 0, lastsMs, fault: { kind: 'stop-daemon', node } }],
    }
  }

  #draw(): Omit<Scheduled, 'beginMs'> {
    const kind = this.#random.pick(this.#bag)
    const lastsMs = lastsMsMin + this.#random.below(kinds[kind].lastsMsMax)
    return { lastsMs, fault: drawFault(this.#random, kind, this.#nodes) }
  }
}

function drawFault(random: Random, kind: FaultKind, all: readonly number[]): Fault {
  if (kind === 'isolate' || kind === 'split') return drawPartition(random, kind, all)
  if (kind === 'slow' || kind === 'lossy') return drawLinks(random, kind, all)
  if (kind === 'kill-all') return { kind }
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

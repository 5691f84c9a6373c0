// Which processes of this node read too slowly, or hang. What they leave unread the daemon holds for them, without a
// bound: it takes the memory of the node, and holds nobody back, so that nobody would notice. Pure.

import type { Neighbour } from '../ports/transport.ts'

/** A process of the same node leaves ever more messages unread. Told once, and again when it was well in between. */
export interface SlowNeighbour extends Neighbour {
  readonly notice: 'slow-neighbour'
  /** In words: what it means and what to do. */
  readonly text: string
}

/** So many wait for a process that was busy for a moment, too. */
export const queuedMax = 1000
/** How often a queue must be longer than at the look before, and never shorter in between. */
export const growthsMin = 2

/** A process beyond `queuedMax`. */
interface Judgement {
  readonly neighbour: Neighbour
  readonly growths: number
  readonly slow: boolean
}

/** By process id. */
export type Judgements = ReadonlyMap<number, Judgement>

/** What is to be thought of these, after what was thought at the look before. Who is not judged is well. */
export function judge(before: Judgements, neighbours: readonly Neighbour[]): Judgements {
  const beyond = neighbours.filter(({ queued }) => queued > queuedMax)
  return new Map(beyond.map((neighbour) => [neighbour.pid, judgeOne(neighbour, before.get(neighbour.pid))]))
}

function judgeOne(neighbour: Neighbour, before: Judgement | undefined): Judgement {
  const growths =
    before === undefined ? 0 : growthsOf(neighbour.queued - before.neighbour.queued, before.growths)
  return { neighbour, growths, slow: before?.slow === true || growths >= growthsMin }
}

/** Nothing may have been sent meanwhile: an equal length says nothing. */
function growthsOf(growth: number, growths: number): number {
  if (growth < 0) return 0
  return growth > 0 ? growths + 1 : growths
}

export function slowOnes(judgements: Judgements): Neighbour[] {
  return [...judgements.values()].filter(({ slow }) => slow).map(({ neighbour }) => neighbour)
}

export function slowNeighbour(neighbour: Neighbour): SlowNeighbour {
  const { pid, name, queued } = neighbour
  const text =
    `Process ${pid} (${name}) of this node has left ${queued} messages unread, and they become more: it hangs, or is ` +
    "too slow. The node's daemon holds them in its memory, which grows; nobody else is held back. End the process, or " +
    'have its service manager do so when it hangs (WatchdogSec= of systemd)'
  return { notice: 'slow-neighbour', ...neighbour, text }
}

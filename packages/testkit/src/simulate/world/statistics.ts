// How often each kind of event occurred. A kind that never did is a hole in the test: what it would have broken was
// not tried.

/** Everything that the world counts. */
export const worldEventKinds = [
  'view of a membership change',
  'view of a ring',
  'message delivered',
  'quorum notification after its ring',
  'drain',
  'down',
  'up',
  'send refused',
  'message ordered',
  'message ordered in a later ring than it was sent in',
  'message delivered past a hole',
  'message missed by one side of a partition',
  'message lost at a merge',
  'several messages lost together at a merge',
  'ring formed',
  'ring reformed with the same nodes',
  'ring that leaves reachable nodes out',
  'merge',
  'sync aborted',
  'change hidden by aborted syncs',
  'ring confchg without a CPG confchg',
  'several confchgs in one ring change',
  'ghost listed',
  'process joined',
  'process left',
  'process joined while a ring changed',
  'quorum notification before its ring',
  'events lost with the daemon',
  'events read after the death of the daemon',
  'process started',
  'process crashed',
  'process exited by itself',
  'process id used again',
  'process hung',
  'daemon died',
  'daemon started',
  'power lost',
  'power lost at most nodes',
  'connectivity changed',
  'connectivity restored',
  'ring of one node that reaches others',
  'node not heard by some that it hears',
  'node slow to send',
  'node slow to receive',
  'disk slow',
  'disk full',
  'disk lost',
  'memory lost',
  'fault forbidden by the fault model',
  'write done',
  'write failed',
  'failed write that is there all the same',
  'pending write survived a crash',
  'pending write lost at a crash',
  'wall clock jumped',
  'clock drifts',
  'timer fired',
  'client called',
  'disturbed by the caller',
  'nothing to do: time passed',
] as const

export type WorldEventKind = (typeof worldEventKinds)[number]

/** Counters by kind. The caller's own kinds may be counted as well. */
export class Statistics<Kind extends string = WorldEventKind> {
  readonly #counts: Record<string, number> = {}

  constructor(kinds: readonly Kind[]) {
    for (const kind of kinds) this.#counts[kind] = 0
  }

  count(kind: Kind, times = 1): void {
    this.#counts[kind] = (this.#counts[kind] ?? 0) + times
  }

  of(kind: Kind): number {
    return this.#counts[kind] ?? 0
  }

  /** Adds the counts of another run. */
  add(other: Statistics<Kind>): void {
    for (const [kind, times] of other.entries()) this.count(kind, times)
  }

  entries(): [Kind, number][] {
    return Object.entries(this.#counts) as [Kind, number][]
  }

  /** The kinds that never occurred. */
  holes(): Kind[] {
    return this.entries().flatMap(([kind, times]) => (times === 0 ? [kind] : []))
  }
}

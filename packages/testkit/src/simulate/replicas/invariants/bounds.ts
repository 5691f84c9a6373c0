// I8: memory is bounded: retained log, uncommitted entries, held proposals, transfer buffers, what clients wait for.

import type { Input, Limits, State } from '@quorate/core/simulation'
import { Violation } from '../violation.ts'

type Joiner = NonNullable<State['joiner']>

export class Bounds {
  readonly #limits: Limits
  readonly #processes: number
  /** By node: what its joiner held after the last step. */
  readonly #held = new Map<number, number>()

  /** `limits`: what replicas are opened with. `processes`: how many there are at a time. */
  constructor(limits: Limits, processes: number) {
    this.#limits = limits
    this.#processes = processes
  }

  stepped(nodeid: number, input: Input, state: State): void {
    const { joiner, donor, limits } = state
    this.#checkTail(nodeid, state)
    // What was applied is forgotten when more has been.
    if (input.type === 'applied') this.#checkRetained(nodeid, state)
    if (joiner !== null) this.#checkHeld(nodeid, joiner, limits)
    if (donor !== null) check(nodeid, 'the age of a snapshot', donor.at.index, state.commit)
  }

  /** What was held when the bound was lowered stays. */
  #checkHeld(nodeid: number, joiner: Joiner, { heldBytesMax }: Limits): void {
    const { overflowed, held, heldBytes } = joiner
    if (overflowed) check(nodeid, 'held proposals behind an overflow', held.length, 0)
    else if (heldBytes > (this.#held.get(nodeid) ?? 0))
      check(nodeid, 'held proposals', heldBytes, heldBytesMax)
    this.#held.set(nodeid, heldBytes)
  }

  #checkTail(nodeid: number, { log, commit }: State): void {
    const { uncommittedEntriesMax, proposalsInFlightMax } = this.#limits
    check(nodeid, 'commit', commit, log.last)
    // Each process's commands, as many markers and TICKs, and the VIEW entries of epochs without a commit.
    const ofOne = 2 * (uncommittedEntriesMax + proposalsInFlightMax) + otherEntriesMax
    check(nodeid, 'uncommitted entries', log.last - commit, this.#processes * ofOne)
  }

  #checkRetained(nodeid: number, state: State): void {
    const { log, applied, written, writes, donor, snapshotWanted, limits } = state
    if (snapshotWanted) return
    const unsaid = writes.find(({ says }) => says !== null)?.says
    const pinned = Math.min(applied, written, donor?.at.index ?? applied, unsaid?.last ?? applied)
    check(nodeid, 'retained entries', pinned - log.start, limits.retainedEntriesMax)
  }
}

/** Markers, TICKs and VIEW entries of one process without a commit between them, in the time that a run has. */
const otherEntriesMax = 64

function check(nodeid: number, what: string, value: number, most: number): void {
  if (value <= most) return
  throw new Violation('I8', `node ${nodeid}: ${what}: ${value}, and at most ${most} may be`)
}

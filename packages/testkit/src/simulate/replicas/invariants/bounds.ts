// I8: memory is bounded: retained log, uncommitted entries, held proposals, transfer buffers, what clients wait for.

import type { Input, Limits, State } from '@quorate/core/simulation'
import { Violation } from '../violation.ts'

/** No message of a simulated client is longer. */
const messageBytesMax = 1024

export class Bounds {
  readonly #limits: Limits
  readonly #processes: number

  /** `processes`: how many there are at a time. */
  constructor(limits: Limits, processes: number) {
    this.#limits = limits
    this.#processes = processes
  }

  stepped(nodeid: number, input: Input, state: State): void {
    const { joiner, donor } = state
    this.#checkTail(nodeid, state)
    // What was applied is forgotten when more has been.
    if (input.type === 'applied') this.#checkRetained(nodeid, state)
    if (joiner !== null) {
      const held = joiner.overflowed ? joiner.held.length : joiner.heldBytes
      const most = joiner.overflowed ? 0 : this.#limits.heldBytesMax + messageBytesMax
      check(nodeid, 'held proposals', held, most)
    }
    if (donor !== null) check(nodeid, 'the age of a snapshot', donor.at.index, state.commit)
  }

  #checkTail(nodeid: number, { log, commit }: State): void {
    const { uncommittedEntriesMax, proposalsInFlightMax } = this.#limits
    check(nodeid, 'commit', commit, log.last)
    // Each process's commands, as many markers and TICKs, and the VIEW entries of epochs without a commit.
    const ofOne = 2 * (uncommittedEntriesMax + proposalsInFlightMax) + otherEntriesMax
    check(nodeid, 'uncommitted entries', log.last - commit, this.#processes * ofOne)
  }

  #checkRetained(nodeid: number, state: State): void {
    const { log, applied, written, writes, donor, snapshotWanted } = state
    if (snapshotWanted) return
    const pinned = Math.min(applied, written, donor?.at.index ?? applied, writes[0]?.last ?? applied)
    check(nodeid, 'retained entries', pinned - log.start, this.#limits.retainedEntriesMax)
  }
}

/** Markers, TICKs and VIEW entries of one process without a commit between them, in the time that a run has. */
const otherEntriesMax = 64

function check(nodeid: number, what: string, value: number, most: number): void {
  if (value <= most) return
  throw new Violation('I8', `node ${nodeid}: ${what}: ${value}, and at most ${most} may be`)
}

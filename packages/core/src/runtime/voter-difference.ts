// The node list is an operator's to edit, the group's voters are not: a difference is said, and changes nothing.
// Design: docs/protocol.md, R3.4 and R3.5.

import type { VoterSet } from '../wire/group.ts'

/** The nodes of the cluster's node list are not the voters of the group, which count. Only a force order changes them. */
export interface VotersDiffer {
  readonly notice: 'voters-differ'
  /** Those of the group. */
  readonly voters: readonly number[]
  /** Those of the node list when the replica was opened. */
  readonly configured: readonly number[]
}

export class VoterDifference {
  readonly #configured: readonly number[] | null
  readonly #tell: (warning: VotersDiffer) => void
  #told = ''

  /** @param configured of the node list; `null`: the voters were named */
  constructor(configured: readonly number[] | null, tell: (warning: VotersDiffer) => void) {
    this.#configured = configured
    this.#tell = tell
  }

  /** Told once for each set that the group has. */
  look({ nodeids }: VoterSet): void {
    if (this.#configured === null || `${nodeids}` === `${this.#configured}` || `${nodeids}` === this.#told)
      return
    this.#told = `${nodeids}`
    this.#tell({ notice: 'voters-differ', voters: nodeids, configured: this.#configured })
  }
}

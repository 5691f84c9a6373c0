// What only an operator may do: he knows what the replicas cannot. Design: docs/protocol.md, "Force".

import type { VoterSet } from '../wire/group.ts'

/** Given to one member; holds for the one round that it starts. */
export interface Force {
  /** Voters that the operator knows to be lost; the round does not wait for them. */
  readonly missing: readonly number[]
  /** Take the log of this node; `null`: what chooseLog says, or the longest where it says nothing. */
  readonly logOf: number | null
  /** The voter set from now on; `null`: as it is. */
  readonly voters: VoterSet | null
}

// The operator's word as an application gives it: completed, and refused with what to change.

import { QuorateError } from '../errors.ts'
import type { Force } from '../protocol/force.ts'
import type { VoterSet } from '../wire/group.ts'
import { nodeidFault, votersFault } from './voter-list.ts'

/** What an operator knows and the replicas cannot. Nothing in it: install what is there if all voters are. */
export interface ForceOrder {
  /** Voters that are lost for good, or may be: the round does not wait for them. */
  readonly missing?: readonly number[] | undefined
  /** Take the log of this node, which is in the view; default: the one that the rules choose, else the longest. */
  readonly logOf?: number | undefined
  /** Who votes from now on; the quorum policy stays. Default: who did. */
  readonly voters?: readonly number[] | undefined
}

/** @throws {QuorateError} `BadOption`: what to change */
export function completeForce({ missing = [], logOf, voters }: ForceOrder, { policy }: VoterSet): Force {
  check('missing', nodeidFault(missing))
  if (logOf !== undefined) check('logOf', nodeidFault([logOf]))
  if (voters === undefined) return { missing, logOf: logOf ?? null, voters: null }
  check('voters', votersFault(voters))
  return { missing, logOf: logOf ?? null, voters: { nodeids: [...voters].sort((a, b) => a - b), policy } }
}

function check(what: string, fault: string | null): void {
  if (fault !== null) throw new QuorateError('BadOption', `replica.force: ${what} ${fault}`)
}

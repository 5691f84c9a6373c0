// The operator's word as an application gives it: completed, and refused with what to change.

import { inspect } from 'node:util'
import { QuorateError } from '../errors.ts'
import { namesOf, unknownName } from '../known-names.ts'
import { nodeidsFault, nodeListFault } from '../node-list.ts'
import type { Force } from '../protocol/force.ts'
import type { VoterSet } from '../wire/group.ts'

/** What an operator knows and the replicas cannot. Nothing in it: install what is there if all voters are. */
export interface ForceOrder {
  /** Voters that are lost for good, or may be: the round does not wait for them. */
  readonly missing?: readonly number[] | undefined
  /** Take the log of this node, which is in the view; default: the one that the rules choose, else the longest. */
  readonly logOf?: number | undefined
  /** Who votes from now on; the quorum policy stays. Default: who did. */
  readonly voters?: readonly number[] | undefined
}

const orderNames = namesOf<ForceOrder>({ missing: true, logOf: true, voters: true })

/** @throws {QuorateError} `BadOption`: what to change */
export function completeForce(order: ForceOrder, { policy }: VoterSet): Force {
  if (typeof order !== 'object' || order === null)
    bad(
      `it takes an order, such as { missing: [3] }, or {} where no voter is missing, and got ${inspect(order)}`,
    )
  check(unknownName(Object.keys(order), orderNames, 'option '))
  const { missing = [], logOf, voters } = order
  check(nodeidsFault(missing), 'missing ')
  if (logOf !== undefined) check(nodeidsFault([logOf]), 'logOf ')
  if (voters === undefined) return { missing, logOf: logOf ?? null, voters: null }
  check(nodeListFault(voters), 'voters ')
  return { missing, logOf: logOf ?? null, voters: { nodeids: [...voters].sort((a, b) => a - b), policy } }
}

function check(fault: string | null, what = ''): void {
  if (fault !== null) bad(`${what}${fault}`)
}

function bad(message: string): never {
  throw new QuorateError('BadOption', `replica.force: ${message}`)
}

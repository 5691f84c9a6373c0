// What a replica is opened with: completed, and refused with what to change.

import type { Role } from '../identity.ts'
import { namesOf, unknownName } from '../known-names.ts'
import type { Machine } from '../machine/machine.ts'
import { nodeListFault } from '../node-list.ts'
import type { Clock } from '../ports/clock.ts'
import { checkGroupName } from '../ports/group-name.ts'
import type { Storage } from '../ports/storage.ts'
import type { Transport } from '../ports/transport.ts'
import type { QuorumPolicy, VoterSet } from '../wire/group.ts'
import { configuredVoters } from './configured-voters.ts'
import { checkSignal } from './patience.ts'
import { portFault } from './port-options.ts'
import {
  bad,
  checkRoom,
  completeNumbers,
  defaultReplicaLimits,
  defaultReplicaTimeouts,
  type ReplicaLimits,
  type ReplicaTimeouts,
} from './replica-bounds.ts'
import type { Overload } from './submissions.ts'
import { systemClock } from './system-clock.ts'

/** What `openReplica` takes. */
export interface ReplicaOptions<M extends Machine = Machine> {
  readonly machine: M
  /** 1 to 127 bytes of UTF-8 without NUL. Replicas that have the same group and reach each other are one group. */
  readonly group: string
  readonly transport: Transport
  /**
   * Ids of the nodes that vote: the same list on every node, also of nodes that are not running. Default: the nodes
   * that the cluster is configured with, if the transport knows them. Once there is a group, its own voters count: an
   * edited node list is reported (the warning `voters-differ`) and changes nothing; an edited `voters` is refused.
   */
  readonly voters?: readonly number[] | undefined
  /** Default: `'voter'` on the nodes in `voters`, else `'learner'`. */
  readonly role?: Role | undefined
  /** Where the replica's log and votes outlive the process; closed with the replica. Default: nowhere. */
  readonly storage?: Storage | undefined
  readonly clock?: Clock | undefined
  /** Default: `'majority'` of the voters. `'votequorum'` needs a storage, and fencing. */
  readonly policy?: QuorumPolicy | undefined
  /** What `submit` does when too much is open: wait for room (default), or reject with `Overloaded`. */
  readonly overload?: Overload | undefined
  readonly limits?: Partial<ReplicaLimits> | undefined
  readonly timeouts?: Partial<ReplicaTimeouts> | undefined
  /** Whether clocks, randomness and I/O throw inside the machine. Default: unless NODE_ENV is `production`. */
  readonly guard?: boolean | undefined
  /** Gives up opening, which may wait: for the vote of this node, for instance. Means nothing once it is open. */
  readonly signal?: AbortSignal | undefined
}

/** All of it, checked. */
export interface CompleteOptions {
  readonly machine: Machine
  readonly group: string
  readonly transport: Transport
  readonly voters: VoterSet
  /** Ascending: the voters, if they were left out; `null`: they were named. */
  readonly configuredNodes: readonly number[] | null
  readonly role: Role | undefined
  readonly storage: Storage | null
  readonly clock: Clock
  readonly overload: Overload
  readonly limits: ReplicaLimits
  readonly timeouts: ReplicaTimeouts
  readonly guard: boolean | undefined
  readonly signal: AbortSignal | undefined
}

const optionNames = namesOf<ReplicaOptions>({
  ...{ machine: true, group: true, transport: true, voters: true, role: true, storage: true, clock: true },
  ...{ policy: true, overload: true, limits: true, timeouts: true, guard: true, signal: true },
})

/**
 * To be called when `checkChoices` has passed.
 *
 * @throws {QuorateError} `BadOption`: what to change
 * @throws {Error} the transport cannot tell the configured nodes
 */
export async function completeOptions(options: ReplicaOptions): Promise<CompleteOptions> {
  const { machine, transport, role, overload = 'wait', guard, signal } = options
  const limits = completeNumbers('openReplica', 'limits', defaultReplicaLimits, options.limits)
  const { voters: named = await configuredVoters(transport) } = options
  const voters = voterSet(named, options)
  checkRoom('openReplica', limits, machine, voters.nodeids)
  return {
    ...{ machine, transport, role, overload, guard, signal, limits, voters },
    group: checkGroupName(options.group),
    configuredNodes: options.voters === undefined ? voters.nodeids : null,
    storage: options.storage ?? null,
    clock: options.clock ?? systemClock,
    timeouts: completeNumbers('openReplica', 'timeouts', defaultReplicaTimeouts, options.timeouts),
  }
}

/** @throws {QuorateError} `BadOption`: an option, or what is chosen, there is not, or it has not the methods it needs */
export function checkChoices(options: ReplicaOptions): void {
  if (typeof options !== 'object' || options === null)
    bad('it takes options; at least machine, group, transport and voters')
  const fault = unknownName(Object.keys(options), optionNames, 'option ') ?? portFault(options)
  if (fault !== null) bad(fault)
  checkChoice('role', options.role, ['voter', 'learner'])
  checkChoice('policy', options.policy, ['majority', 'votequorum'])
  checkChoice('overload', options.overload, ['wait', 'reject'])
  checkChoice('guard', options.guard, [true, false])
  checkSignal(options.signal)
}

function checkChoice<T>(name: string, given: T | undefined, choices: readonly T[]): void {
  if (given === undefined || choices.includes(given)) return
  const named = choices.map((choice) => (typeof choice === 'string' ? `'${choice}'` : String(choice)))
  bad(`${name} must be ${named.join(' or ')}, and is ${given}`)
}

function voterSet(voters: readonly number[], { policy = 'majority', storage }: ReplicaOptions): VoterSet {
  const fault = nodeListFault(voters)
  if (fault !== null) bad(`voters ${fault}; give every node the same list`)
  if (policy === 'votequorum' && (storage ?? null) === null)
    bad("policy 'votequorum' needs a storage: without one a fenced node comes back without its votes")
  return { nodeids: [...voters].sort((a, b) => a - b), policy }
}

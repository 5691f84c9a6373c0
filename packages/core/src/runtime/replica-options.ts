// What a replica is opened with: completed, and refused with what to change.

import { inspect } from 'node:util'
import { QuorateError } from '../errors.ts'
import type { Role } from '../identity.ts'
import { namesOf, unknownName } from '../known-names.ts'
import type { Machine } from '../machine/machine.ts'
import { nodeListFault } from '../node-list.ts'
import type { Clock } from '../ports/clock.ts'
import { checkGroupName } from '../ports/group-name.ts'
import type { Storage } from '../ports/storage.ts'
import type { Transport } from '../ports/transport.ts'
import { defaultLimits, defaultTimeouts, type Limits, type Timeouts } from '../protocol/options.ts'
import type { QuorumPolicy, VoterSet } from '../wire/group.ts'
import { configuredVoters } from './configured-voters.ts'
import { checkSignal } from './patience.ts'
import { portFault } from './port-options.ts'
import type { Overload } from './submissions.ts'
import { systemClock } from './system-clock.ts'

/** Bounds of memory, of one replica. */
export interface ReplicaLimits extends Limits {
  /** Own commands that are submitted and not committed, and, apart from them, reads that are not answered. */
  readonly openCommandsMax: number
  /** Bytes of these commands, encoded. One command may be larger. */
  readonly openBytesMax: number
  /** What a reader of `events()` may leave unread. */
  readonly unreadEventsMax: number
}

/** Milliseconds. */
export interface ReplicaTimeouts extends Timeouts {
  /** How long a replica may be without a primary view before linearizable reads fail with `NoQuorum`. */
  readonly noQuorumMs: number
}

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

export const defaultReplicaLimits: ReplicaLimits = {
  ...defaultLimits,
  openCommandsMax: 16_384,
  openBytesMax: 16 * 1024 * 1024,
  unreadEventsMax: 10_000,
}

const optionNames = namesOf<ReplicaOptions>({
  ...{ machine: true, group: true, transport: true, voters: true, role: true, storage: true, clock: true },
  ...{ policy: true, overload: true, limits: true, timeouts: true, guard: true, signal: true },
})

export const defaultReplicaTimeouts: ReplicaTimeouts = { ...defaultTimeouts, noQuorumMs: 1000 }

/**
 * To be called when `checkChoices` has passed.
 *
 * @throws {QuorateError} `BadOption`: what to change
 * @throws {Error} the transport cannot tell the configured nodes
 */
export async function completeOptions(options: ReplicaOptions): Promise<CompleteOptions> {
  const { machine, transport, role, overload = 'wait', guard, signal } = options
  const limits = completeNumbers('limits', defaultReplicaLimits, options.limits)
  const { voters: named = await configuredVoters(transport) } = options
  const voters = voterSet(named, options)
  checkRoom(limits, machine, voters.nodeids)
  return {
    ...{ machine, transport, role, overload, guard, signal, limits, voters },
    group: checkGroupName(options.group),
    configuredNodes: options.voters === undefined ? voters.nodeids : null,
    storage: options.storage ?? null,
    clock: options.clock ?? systemClock,
    timeouts: completeNumbers('timeouts', defaultReplicaTimeouts, options.timeouts),
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

function completeNumbers<T extends { readonly [Name in keyof T]: number }>(
  what: string,
  defaults: T,
  given: Partial<T> = {},
): T {
  if (typeof given !== 'object' || given === null) bad(`${what} must be an object, and is ${inspect(given)}`)
  const fault = unknownName(Object.keys(given), Object.keys(defaults), `${what}.`)
  if (fault !== null) bad(fault)
  const complete = { ...defaults }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    if (!Number.isSafeInteger(value) || (value as number) < 1)
      bad(`${what}.${name} must be a whole number above 0, and is ${value}`)
    complete[name as keyof T] = value as T[keyof T]
  }
  return complete
}

function checkRoom(limits: ReplicaLimits, machine: Machine, voters: readonly number[]): void {
  const { openCommandsMax } = machine.limits(machine.version)
  if (limits.openCommandsMax > openCommandsMax)
    bad(
      `limits.openCommandsMax is ${limits.openCommandsMax}, and the machine applies no command that is ` +
        `${openCommandsMax} above the lowest open one: lower it, or raise openCommandsMax in the machine's limits`,
    )
  const isSlow = 'a replica whose disk is slow would give up under a load that is allowed'
  checkOpen(limits, voters, 'openBytesMax', 'heldBytesMax', 'a replica that joins could not hold them')
  checkOpen(limits, voters, 'openBytesMax', 'backlogBytesMax', isSlow)
  checkOpen(limits, voters, 'uncommittedEntriesMax', 'backlogEntriesMax', isSlow)
}

/** What all voters together may have open must fit. */
function checkOpen(
  limits: ReplicaLimits,
  voters: readonly number[],
  ofOne: 'openBytesMax' | 'uncommittedEntriesMax',
  name: 'heldBytesMax' | 'backlogBytesMax' | 'backlogEntriesMax',
  otherwise: string,
): void {
  const least = limits[ofOne] * voters.length
  if (limits[name] >= least) return
  bad(
    `limits.${name} is ${limits[name]}, less than the ${least} that ${voters.length} voters may have open ` +
      `(${ofOne} each): ${otherwise}. Raise it`,
  )
}

export function bad(message: string): never {
  throw new QuorateError('BadOption', `openReplica: ${message}`)
}

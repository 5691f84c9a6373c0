// From options to a replica that is a member of its group.

import { QuorateError } from '../errors.ts'
import type { Incarnation, Member, MemoryId, Role } from '../identity.ts'
import type { Machine } from '../machine/machine.ts'
import { ReplicatedState } from '../machine/replicated-state.ts'
import type { Storage } from '../ports/storage.ts'
import type { Channel } from '../ports/transport.ts'
import type { HeldVote } from '../ports/vote.ts'
import type { SeededFault } from '../protocol/faults.ts'
import { sameVoters, type VoterSet } from '../wire/group.ts'
import { Core } from './core.ts'
import type { LoopEngineOptions } from './loop.ts'
import { checkOwner, owned, restorable } from './owned-storage.ts'
import type { LoopStorage, Replayed, Restorable } from './ports.ts'
import { random53 } from './random53.ts'
import { replay } from './replay.ts'
import { Replica } from './replica.ts'
import { bad } from './replica-bounds.ts'
import {
  type CompleteOptions,
  checkChoices,
  completeOptions,
  type ReplicaOptions,
} from './replica-options.ts'
import { checkAgreed, protocolVersions } from './stored-versions.ts'
import type { EngineBounds } from './tuning.ts'
import { openingAborted, takeVote } from './vote.ts'

/** Of a message, beside the commands or the part of a snapshot in it; more than any header takes. */
const messageOverheadBytes = 1024

/**
 * Opens a replica: loads what is stored, joins the group, and begins to take part. Fulfilled once joined; `ready()`
 * says when the replica is part of a group that can commit. While another replica of this node that votes in the group
 * is open, in this process or another, it waits for that one's end, and says so by a warning of the process.
 *
 * ```ts
 * const network = new MemoryNetwork({ nodes: [1] })
 * const replica = await openReplica({
 *   machine: counter, group: 'counter', transport: network.node(1), voters: [1],
 * })
 * const value = await replica.submit.add(5)
 * ```
 *
 * @throws {QuorateError} `BadOption`: what to change, also where the storage is of another group, node or machine;
 * `Aborted`: the signal fired first; `VersionTooNew`, `VersionTooOld`, `UnknownReducer`: what is stored is not for this
 * program; `MachineFailed`: the machine has a bug
 * @throws {Error} the storage cannot be read, or the transport cannot join or tell the configured nodes
 */
export function openReplica<M extends Machine>(options: ReplicaOptions<M>): Promise<Replica<M>> {
  return openFaultyReplica(options, null)
}

/** The same with a rule of the protocol switched off: for tests that show that what goes wrong then is noticed. */
export async function openFaultyReplica<M extends Machine>(
  options: ReplicaOptions<M>,
  fault: SeededFault | null,
): Promise<Replica<M>> {
  try {
    checkChoices(options)
    const { storage } = options
    const complete = await completeOptions(options)
    const nodeid = await complete.transport.nodeid()
    const opened = storage === undefined ? null : await openStorage(storage, complete, nodeid)
    const voters = effectiveVoters(complete, opened)
    return await enter({ ...complete, voters, nodeid, opened }, fault)
  } catch (error) {
    // Of callers without types neither need be there.
    await options?.storage?.close?.()
    throw error
  }
}

async function openStorage(
  storage: Storage,
  complete: CompleteOptions,
  nodeid: number,
): Promise<LoopStorage> {
  const { group, machine } = complete
  const owner = { group, nodeid, machine: machine.name }
  const stored = await storage.load()
  if (stored === null) return owned(storage, null, owner)
  checkOwner(stored, owner)
  const found = await restorable(stored)
  checkAgreed(found, machine)
  return owned(storage, { ...found, replayed: await replayStored(complete, found) }, owner)
}

async function replayStored(complete: CompleteOptions, found: Restorable): Promise<Replayed> {
  const { clock, signal } = complete
  try {
    return await replay(stateOf(complete), found, clock, signal)
  } catch (cause) {
    throw signal?.aborted === true ? openingAborted('while what is stored was applied', cause) : cause
  }
}

function stateOf({ machine, guard }: CompleteOptions): ReplicatedState {
  return new ReplicatedState(machine, guard === undefined ? {} : { guard })
}

/** What is known before the join. */
interface Entering extends CompleteOptions {
  readonly nodeid: number
  readonly opened: LoopStorage | null
}

interface Joining extends Entering {
  readonly vote: HeldVote
}

async function enter<M extends Machine>(options: Entering, fault: SeededFault | null): Promise<Replica<M>> {
  const vote = await takeVote(options, options.nodeid)
  try {
    return await join({ ...options, vote }, fault)
  } catch (error) {
    await vote.release()
    throw error
  }
}

async function join<M extends Machine>(options: Joining, fault: SeededFault | null): Promise<Replica<M>> {
  const { transport, group } = options
  let core: Core | undefined
  // The first event comes after `join` is fulfilled.
  const channel = await transport.join(group, (event) => core?.event(event))
  try {
    checkJoined(options, channel)
    core = makeCore(options, channel, fault)
    core.start(channel.self)
    // What is stored may be of another program.
    if (core.ended !== null) throw startFailure(core.ended)
    return new Replica<M>(group, core)
  } catch (error) {
    await channel.close()
    throw error
  }
}

function checkJoined({ nodeid, signal }: Joining, { self }: Channel): void {
  if (signal?.aborted === true) throw openingAborted('while the group was joined', signal.reason)
  if (self.nodeid !== nodeid)
    throw new Error(`This node was ${nodeid}, and has joined as ${self.nodeid}: open the replica again`)
}

/** What is wrong with the stored state, by its own code. */
function startFailure(ended: QuorateError): QuorateError {
  const { message, cause } = ended
  return cause instanceof QuorateError ? new QuorateError(cause.code, message, { cause }) : ended
}

function makeCore(options: Joining, channel: Channel, fault: SeededFault | null): Core {
  const { messageBytesMax } = channel
  const commandBytesMax = messageBytesMax - messageOverheadBytes
  return new Core({
    ...options,
    ...{ channel, commandBytesMax },
    makeState: () => stateOf(options),
    makeEngine: (self) => ({ ...engineOptions(options, self), messageBytesMax, fault }),
  })
}

function engineOptions(
  options: CompleteOptions,
  self: Member,
): Omit<LoopEngineOptions, 'fault' | 'messageBytesMax' | keyof EngineBounds> {
  const { machine, voters, configuredNodes } = options
  return {
    self: { ...self, incarnation: random53() as Incarnation },
    role: roleOf(options, self),
    memory: random53() as MemoryId,
    ...{ voters, protocolVersions, votersFromNodeList: configuredNodes !== null },
    machineVersions: { lowest: machine.minimumVersion, highest: machine.version },
  }
}

function roleOf({ role, voters }: CompleteOptions, { nodeid }: Member): Role {
  const votes = voters.nodeids.includes(nodeid)
  if (role === 'voter' && !votes)
    bad(
      `role is 'voter', and this is node ${nodeid}: name it in voters (${voters.nodeids}) on every node, or leave role out`,
    )
  return role ?? (votes ? 'voter' : 'learner')
}

/** What is stored wins: an edited list must not change what a majority is, on one node at a time. */
function effectiveVoters({ voters, configuredNodes }: CompleteOptions, opened: LoopStorage | null): VoterSet {
  const before = opened?.stored?.record.voters
  if (before === undefined || sameVoters(before, voters)) return voters
  if (configuredNodes !== null && before.policy === voters.policy) return before
  throw new QuorateError(
    'BadOption',
    `openReplica: the storage belongs to a group of the voters ${before.nodeids} by ${before.policy}, and the options ` +
      `say ${voters.nodeids} by ${voters.policy}: give the voters and the policy that the group has`,
  )
}

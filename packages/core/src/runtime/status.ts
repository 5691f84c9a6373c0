// What a replica says of itself at one moment.

import type { QuorateError } from '../errors.ts'
import type { Member, Role } from '../identity.ts'
import type { Index, Versions } from '../log/entry.ts'
import type { Neighbour } from '../ports/transport.ts'
import type { Obstacle } from '../protocol/output.ts'
import type { DecodeFault } from '../wire/decode.ts'
import type { VoterSet } from '../wire/group.ts'
import type { Core } from './core.ts'
import type { Loop } from './loop.ts'
import type { Leader, ReplicaEventMap } from './replica-events.ts'

/** What is on a replica's disk, and what is not yet. */
export interface StoredStatus {
  /** Index of the newest snapshot; 0: there is none. */
  readonly snapshot: Index
  /** Bytes of the applied entries behind it. */
  readonly logBytes: number
  /** Entries that were handed to the storage and are not stored, and their bytes. */
  readonly waiting: { readonly entries: number; readonly bytes: number }
}

export interface ReplicaStatus {
  readonly group: string
  /** This process. */
  readonly self: Member
  readonly role: Role
  readonly voters: VoterSet
  /** Processes in the view, by node id; none while the local daemon is down. */
  readonly members: readonly Member[]
  /** Whether this replica takes part in a primary view: only then is what it has current. */
  readonly primary: boolean
  readonly leader: Leader | null
  /** Why the view is not primary, as far as this replica knows. */
  readonly obstacle: Obstacle | null
  readonly catchingUp: ReplicaEventMap['catching-up'] | null
  /** Index of the last entry that was applied. */
  readonly applied: Index
  /** Index of the last entry that is known to be committed. */
  readonly committed: Index
  /** Cluster time at `applied`, milliseconds since 1970. */
  readonly timeMs: number
  /** What the group has agreed to run. */
  readonly versions: Versions
  /** Own commands and reads that are not answered; `waiting` of the commands have found no room yet. */
  readonly open: {
    readonly commands: number
    readonly waiting: number
    readonly bytes: number
    readonly reads: number
  }
  /** Messages that could not be read, by reason. */
  readonly unreadable: Readonly<Record<DecodeFault, number>>
  /** How often its state was not that of a majority, since it was opened: more than 0 asks for a look at the machine. */
  readonly divergences: number
  /** `null`: it has no storage. */
  readonly stored: StoredStatus | null
  /** Other processes of this node of which the warning `slow-neighbour` holds. */
  readonly slowNeighbours: readonly Neighbour[]
  /** Why the replica does nothing any more. */
  readonly ended: QuorateError | null
}

function storedStatus({ compaction, engine }: Loop): StoredStatus | null {
  if (compaction === null) return null
  const { index, logBytes } = compaction
  return { snapshot: index, logBytes, waiting: { ...engine.state.backlog } }
}

export function statusOf(
  group: string,
  { loop, standing, room, submissions, reads, divergences, neighbourWatch, ended }: Core,
): ReplicaStatus {
  const { self, role, voters, commit } = loop.engine.state
  const { members, primary, leader, obstacle, catchingUp } = standing
  const { index, timeMs, versions } = loop.state
  return {
    ...{ group, role, voters, members, primary, leader, obstacle, catchingUp, timeMs, versions, ended },
    self: { nodeid: self.nodeid, pid: self.pid },
    applied: index,
    committed: commit,
    divergences: divergences.count,
    stored: storedStatus(loop),
    slowNeighbours: neighbourWatch.slow,
    open: { commands: submissions.open, waiting: room.waiting, bytes: room.bytes, reads: reads.open },
    unreadable: { ...loop.unreadable },
  }
}

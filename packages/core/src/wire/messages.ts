// The messages of the protocol, all multicast in the group. Design: docs/protocol.md, "Messages".

import type { Incarnation, MemoryId, Process, RingId, Role } from '../identity.ts'
import type {
  Chain,
  CommandsBody,
  EntryBody,
  Index,
  MarkerBody,
  Participant,
  TickBody,
  Versions,
  ViewMember,
} from '../log/entry.ts'
import type { Ballot } from './ballot.ts'
import type { GroupId, VoterSet } from './group.ts'

/** Asks for promises. */
export interface Prepare {
  readonly type: 'prepare'
  readonly ballot: Ballot
  readonly ring: RingId
  /** How long the coordinator waits for promises. */
  readonly collectionTimeoutMs: number
  readonly group: GroupId | null
  readonly voters: VoterSet
}

/** What a replica says of the quorum service's last word. */
export interface QuorumNotification {
  readonly quorate: boolean
  readonly ring: RingId
}

/** The epoch under which a log was last installed. */
export interface EpochRecord {
  readonly ballot: Ballot
  readonly participants: readonly Participant[]
}

/** Lowest and highest version, both included. */
export interface VersionRange {
  readonly lowest: number
  readonly highest: number
}

/** What a replica had when it promised. */
export interface PromiseMessage {
  readonly type: 'promise'
  readonly ballot: Ballot
  readonly role: Role
  /** Also of a learner, which may have been a voter: whether its copy counted is told by its epoch. */
  readonly memory: MemoryId | 0
  readonly blank: boolean
  readonly group: GroupId | null
  readonly voters: VoterSet
  readonly epoch: EpochRecord
  /** Whether it adopted `epoch` in this process. */
  readonly adoptedHere: boolean
  /** Whether it has, in this process, seen an entry of `epoch` committed. */
  readonly sawCommit: boolean
  /** Incarnations that were reported fenced. */
  readonly fenced: readonly Incarnation[]
  readonly certain: Index
  readonly possible: Index
  readonly commit: Index
  /** The chains at `commit`, `commit` + 1, … up to the last index: at least one. */
  readonly chains: readonly Chain[]
  /** The first index whose entry it still has, or the last index + 1. */
  readonly firstRetained: Index
  readonly quorum: QuorumNotification | null
  readonly protocolVersions: VersionRange
  readonly machineVersions: VersionRange
  /** Of the last VIEW entry in its log; 0 before the first. */
  readonly agreed: Versions
  /** Of the last one up to `commit`. */
  readonly agreedAtCommit: Versions
}

export type RefuseReason =
  /** A higher or the same ballot was promised. */
  | 'promised'
  /** Another voter set, or another group of this name. */
  | 'stranger'
  /** The PROMISE of a participant was not delivered here, or the ballot never promised in this view. */
  | 'missed'
  /** Not listed as participant. */
  | 'unlisted'
  /** A lost message showed: a bad ack, or a chain that does not fit. */
  | 'lost'
  /** The quorum notification differs from what the PROMISE said. */
  | 'quorum'
  /** A joiner whose held proposals went over the limit can hold them again. */
  | 'room'

export interface Refuse {
  readonly type: 'refuse'
  readonly ballot: Ballot
  readonly promised: Ballot
  readonly reason: RefuseReason
  readonly group: GroupId | null
  readonly voters: VoterSet
  readonly commit: Index
}

/** Begins an epoch. */
export interface Install {
  readonly type: 'install'
  readonly ballot: Ballot
  readonly group: GroupId
  readonly voters: VoterSet
  readonly participants: readonly Participant[]
  readonly members: readonly ViewMember[]
  /** The end of the chosen log. */
  readonly base: Index
  readonly chain: Chain
  /** Incarnations of the participants whose PROMISE shows the base, in their order. */
  readonly donors: readonly Incarnation[]
  readonly timeMs: number
  readonly versions: Versions
  readonly forced: boolean
}

/** A batch of commands, a marker or a tick, for the epoch `ballot`: becomes one entry. */
export interface Propose {
  readonly type: 'propose'
  readonly ballot: Ballot
  readonly body: CommandsBody | MarkerBody | TickBody
  /** `body`, encoded. */
  readonly payload: Uint8Array
  /** The proposer's ack, piggybacked. */
  readonly ack: Position | null
}

/** An index and what stands there. */
export interface Position {
  readonly index: Index
  readonly chain: Chain
}

export const samePosition = (a: Position, b: Position): boolean => a.index === b.index && a.chain === b.chain

/** Says that a voter holds the log up to `index`; cumulative. */
export interface Ack extends Position {
  readonly type: 'ack'
  readonly ballot: Ballot
}

/** A joiner asks a donor for what follows `index`. */
export interface Fetch extends Position {
  readonly type: 'fetch'
  readonly ballot: Ballot
  readonly donor: Incarnation
  /** The joiner wants nothing beyond: the base, or the largest index for what the donor has committed. */
  readonly upTo: Index
  /** How many chunks the donor may send before the next FETCH. */
  readonly credit: number
  /** The snapshot that the joiner has a part of. */
  readonly partial: PartialSnapshot | null
}

/** A snapshot, by its name: where it stands. All replicas give the same bytes there. */
export interface PartialSnapshot extends Position {
  /** Bytes that are there, from the first on. */
  readonly bytes: number
}

/** Entries that follow `from`. */
export interface EntriesChunk {
  readonly type: 'entries'
  readonly ballot: Ballot
  /** The index before the first entry, and the chain there. */
  readonly from: Position
  /** The donor's commit. */
  readonly commit: Index
  readonly entries: readonly { readonly body: EntryBody; readonly payload: Uint8Array }[]
}

/** A part of a snapshot. */
export interface SnapshotChunk {
  readonly type: 'snapshot'
  readonly ballot: Ballot
  readonly commit: Index
  /** Its name: where it stands. */
  readonly snapshot: Position
  /** Of the last VIEW entry in it. */
  readonly versions: Versions
  /** Where `part` begins. */
  readonly offset: number
  readonly part: Uint8Array
  /** With the last part: of the whole, 53 bits. */
  readonly digest: number | null
}

/** The donor does not have the chain that it was asked from: the asker stops. */
export interface Mismatch extends Position {
  readonly type: 'mismatch'
  readonly ballot: Ballot
  readonly joiner: Incarnation
}

/** What the state of the sender comes down to at an agreed index. */
export interface DigestMessage {
  readonly type: 'digest'
  /** Whose history it is of. */
  readonly group: GroupId
  readonly index: Index
  readonly digest: number
}

export type Message =
  | Prepare
  | PromiseMessage
  | Refuse
  | Install
  | Propose
  | Ack
  | Fetch
  | EntriesChunk
  | SnapshotChunk
  | Mismatch
  | DigestMessage

/** A message with who sent it, as it comes out of the decoder and the transport. */
export interface Received {
  readonly from: Process
  /** Random part of the sender's group id; 0: it has none yet. */
  readonly group: number
  readonly message: Message
}

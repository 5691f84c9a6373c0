// All that an engine knows. Handlers change it; nothing else does. Design: docs/protocol.md, "A replica keeps".

import type { RunningDigest } from '../digest.ts'
import type { Incarnation, Member, MemoryId, Process, RingId, Role } from '../identity.ts'
import type {
  CommandsBody,
  EntryBody,
  Index,
  MarkerBody,
  Participant,
  TickBody,
  Versions,
} from '../log/entry.ts'
import { Log } from '../log/log.ts'
import { type Ballot, noBallot } from '../wire/ballot.ts'
import type { GroupId, VoterSet } from '../wire/group.ts'
import type {
  EpochRecord,
  Install,
  PartialSnapshot,
  Position,
  PromiseMessage,
  QuorumNotification,
  VersionRange,
} from '../wire/messages.ts'
import { type Backlog, noBacklog } from './backlog.ts'
import type { SeededFault } from './faults.ts'
import type { Force } from './force.ts'
import type { EngineOptions, Limits, Timeouts } from './options.ts'
import type { Obstacle, Output } from './output.ts'
import { Random } from './random.ts'

/** What holds after one confchg until the next. */
export interface ViewState {
  /** Counts this process's views. */
  readonly number: number
  readonly members: readonly Member[]
  readonly ring: RingId
  readonly nodeids: readonly number[]
}

/** The one promise in force, and who is known to have made the same in this view. */
export interface PromiseState {
  /** The view in which it was made. */
  readonly view: number
  readonly ballot: Ballot
  /** What to multicast when it is on disk; `null`: done, or dropped. */
  pending: PromiseMessage | null
  readonly seen: Set<string>
  /** The highest epoch that a voter has shown, and what it has agreed to run. */
  shown: { readonly epoch: Ballot; readonly agreed: Versions } | null
  /** What the quorum service had said. */
  readonly quorum: QuorumNotification | null
}

/** An attempt of this process to install an epoch. */
export interface RoundState {
  readonly ballot: Ballot
  readonly view: number
  readonly ring: RingId
  readonly promises: Map<string, { readonly from: Process; readonly promise: PromiseMessage }>
  /** Members that have refused, with what they showed. */
  readonly refusals: Map<
    string,
    { readonly from: Process; readonly stranger: boolean; readonly showsGroup: boolean }
  >
  /** When the wait for everybody ends. */
  readonly deadlineMs: number
  /** The wait is over. */
  expired: boolean
  /** What was sent; `null`: nothing yet. */
  install: Install | null
  readonly force: Force | null
}

/** The INSTALL that was accepted in this view. */
export interface InstalledState {
  readonly install: Install
  /** Keys of the participants. */
  readonly participants: ReadonlyMap<string, Participant>
  /** By voter node: the highest ack counted, or kept. */
  readonly acks: Map<number, Position>
  /** The highest own ack that was sent. */
  sentAck: Index
  /** For whom the own CHUNKs are that were sent and not yet delivered here, in their order. */
  readonly chunksFor: Incarnation[]
}

/** A proposal that waits for a joiner's base. */
export interface Held {
  readonly body: CommandsBody | MarkerBody | TickBody
  readonly payload: Uint8Array
}

/** Catching up with the INSTALL that was accepted. */
export interface JoinerState {
  readonly held: Held[]
  heldBytes: number
  /** Too much was held: nothing is any more, and this INSTALL will not be adopted. */
  overflowed: boolean
  /** Fetched entries above the commit, for this ballot only. */
  tail: { readonly body: EntryBody; readonly payload: Uint8Array }[]
  /** The end of `tail`. */
  at: Position
  /** Which of the donors. */
  donor: number
  /** Who was asked last. */
  asked: Incarnation | null
  /** Infinite while it waits for the disk. */
  stallMs: number
  /** It asks for nothing until more is stored. */
  waitsForDisk: boolean
  /** How often the next donor's turn has come. */
  stalls: number
  /** Chunks that it asks for at once: no more than a donor was seen to send. */
  creditMax: number
  /** Chunks that the donor still may send. */
  credit: number
}

/** A snapshot that is being received: outlives rounds and views. */
export interface PartialState {
  /** Its name. */
  readonly at: Position
  readonly versions: Versions
  /** That have come. */
  bytes: number
  readonly digest: RunningDigest
}

/** A snapshot that is being sent. */
export interface DonorState {
  /** Its name. */
  readonly at: Position
  readonly versions: Versions
  /** Those that have been wanted so far; all of `chunkBytesMax` bytes but the last. */
  readonly pieces: Uint8Array[]
  /** All that they have. */
  bytes: number
  readonly running: RunningDigest
  /** `null`: the last piece is not here yet. */
  digest: number | null
  idleMs: number
}

/** A snapshot that a joiner has asked for. */
export interface SnapshotWanted {
  readonly joiner: Incarnation
  /** What it has of one. */
  readonly partial: PartialSnapshot | null
  /** In CHUNKs. */
  readonly credit: number
}

/** A write under way. */
export interface WriteState {
  readonly token: number
  /** `null`: nothing, it is a part of a snapshot. */
  readonly says: SaidState | null
  /** What it appends, and parts. */
  readonly backlog: Backlog
}

/** What may be said when a write is on disk. */
export interface SaidState {
  readonly promised: Ballot
  /** The adoption in whose log `last` counts. */
  readonly adoption: number
  readonly last: Index
}

/** A command that has its number. */
export interface OpenCommand {
  readonly number: number
  readonly command: Uint8Array
  /** The session under which it was first sent, and only ever will be. */
  readonly session: Index
}

export interface MarkerState {
  readonly number: number
  readonly reads: number[]
}

export class State {
  // Who we are.
  self: Process
  role: Role
  readonly votersFromNodeList: boolean
  readonly protocolVersions: VersionRange
  readonly machineVersions: VersionRange
  timeouts: Timeouts
  limits: Limits
  readonly messageBytesMax: number
  readonly fault: SeededFault | null
  readonly random: Random

  // What is durable.
  memory: MemoryId
  group: GroupId | null
  voters: VoterSet
  promised: Ballot
  epoch: EpochRecord
  blank: boolean
  certain: Index
  possible: Index
  commit: Index
  log: Log

  // What the disk has, and will have.
  /** The end of what was handed over to be written; what lies behind it is not. */
  written: Index
  unsaved = false
  /** A snapshot whose parts the storage has, and that must become the one. */
  unsavedSnapshot: Position | null = null
  /** With an own one: what it makes superfluous. */
  unsavedForget: Index | null = null
  /** The log was begun anew since the last write. */
  unsavedBegin: Position | null = null
  /** Only for the fault `epoch-written-lazily`. */
  lazyRecord: { readonly epoch: EpochRecord; readonly blank: boolean } | null = null
  /** Only for the fault `old-acks-counted`. */
  readonly oldAcks: Map<number, Position> = new Map()
  lastToken = 0
  readonly writes: WriteState[] = []
  /** What all of these append. */
  backlog: Backlog = noBacklog
  /** That was too much: this replica takes no part in the epoch that it has promised until all is stored. */
  lagging = false

  // The machine, as far as it matters here.
  applied: Index
  session: Index = 0
  openCommandsMax: number = Number.POSITIVE_INFINITY
  /** The estimate of cluster time; `null`: nothing was applied that tells it. */
  clusterTimeMs: number | null = null
  /** When that was so. */
  clusterTimeAtMs = 0
  /** Milliseconds since 1970 by the node's clock, minus `nowMs`. */
  wallOffsetMs: number
  nextTimerMs: number | null = null

  // The view.
  view: ViewState | null = null
  views = 0
  quorum: QuorumNotification | null = null
  promise: PromiseState | null = null
  installed: InstalledState | null = null
  /** In an epoch: it was adopted in this view, and nothing has ended it. */
  active = false
  /** Counts adoptions. */
  adoptions = 0
  adoptedHere: Ballot = noBallot
  sawCommit: Ballot = noBallot
  readonly fenced: Set<Incarnation> = new Set()
  obstacle: Obstacle | null = null

  // Rounds.
  highestBallotNumber: number
  round: RoundState | null = null
  roundWanted = false
  /** A round caused by lateness waits until then. */
  delayedRoundMs: number | null = null
  causedRounds = 0
  /** The longest of this view, own or seen, up to the limit. */
  collectionMs: number
  lastInstallMs = 0
  lastCoordinator: string | null = null
  readonly failedCoordinators: Set<string> = new Set()
  takeoverMs: number | null = null
  /**
   * This replica is in the view but cannot count, and asks for nothing: it is left out for what it cannot run or for a
   * second vote of its node; or it has no group yet, and is beside one that is not its own, for all that it knows.
   */
  uncounted: 'left-out' | 'beside-strangers' | null = null

  // Transfer.
  joiner: JoinerState | null = null
  partial: PartialState | null = null
  donor: DonorState | null = null
  /** A snapshot was asked of the machine. */
  snapshotWanted: SnapshotWanted | null = null

  // The origin.
  /** Commands without a number, by request, in the order of submission. */
  readonly waiting: Map<number, Uint8Array> = new Map()
  /** By number, ascending: the order of insertion. */
  readonly open: Map<number, OpenCommand> = new Map()
  nextNumber = 1
  /** Open commands that have to be sent (again) in this epoch, ascending. */
  unsent: number[] = []
  resentInAdoption = 0
  /** Own proposals that were sent and not yet delivered here: of commands, and of markers. */
  proposalsInFlight = 0
  markersInFlight = 0
  /** Own commands and markers in the log that are not committed. */
  uncommittedOwn = 0
  /** Reads that no marker has yet. */
  waitingReads: number[] = []
  readonly markers: Map<number, MarkerState> = new Map()
  unsentMarkers: number[] = []
  nextMarker = 1
  /** An own tick was sent, and no tick delivered since. */
  tickInFlight = false
  /** Where the last tick stands in the log; 0: nowhere behind the commit at adoption. */
  tickIndex: Index = 0

  // Digests by agreed index and process, own and others'.
  readonly digests: Map<Index, Map<Incarnation, number>> = new Map()
  /** Indexes of which the own one was said a second time. */
  readonly digestsRepeated: Set<Index> = new Set()
  /** The highest index at which the own digest was that of a majority. */
  agreedIndex: Index = 0

  nowMs = 0
  stopped = false
  outputs: Output[] = []

  constructor(options: EngineOptions) {
    const { stored, self, timeouts } = options
    const record = stored?.record
    this.self = self
    this.votersFromNodeList = options.votersFromNodeList
    this.protocolVersions = options.protocolVersions
    this.machineVersions = options.machineVersions
    this.timeouts = timeouts
    this.limits = options.limits
    this.messageBytesMax = options.messageBytesMax
    this.fault = options.fault
    this.random = new Random(self.incarnation)
    this.memory = record?.memory ?? options.memory
    this.group = record?.group ?? null
    this.voters = record?.voters ?? options.voters
    // The node list may name a node that the group's own set does not.
    this.role = this.voters.nodeids.includes(self.nodeid) ? options.role : 'learner'
    this.promised = record?.promised ?? noBallot
    this.epoch = record?.epoch ?? { ballot: noBallot, participants: [] }
    this.blank = record?.blank ?? true
    this.commit = record?.commit ?? 0
    this.log = new Log(stored?.start, stored?.entries)
    this.certain = Math.max(record?.certain ?? 0, this.commit)
    // What was acked before a crash is not known: anything that is on disk.
    this.possible = Math.max(this.certain, this.log.last)
    this.written = this.log.last
    this.applied = stored?.applied ?? 0
    this.highestBallotNumber = this.promised.number
    this.collectionMs = timeouts.collectionMs
    this.wallOffsetMs = options.wallOffsetMs
  }
}

/** The key of a member in maps. */
export const memberKey = ({ nodeid, pid }: Member): string => `${nodeid}:${pid}`

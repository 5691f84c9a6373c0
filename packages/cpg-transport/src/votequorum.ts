// libvotequorum's votequorum_getinfo(3): the votes behind the quorum.

import { CorosyncError, createHandle, libvotequorum } from '@quorate/corosync-ffi'

/** VOTEQUORUM_INFO_*, in the order of their bits. */
const flagNames = [
  'twoNode',
  'quorate',
  'waitForAll',
  'lastManStanding',
  'autoTieBreaker',
  'allowDownscale',
  'qdeviceRegistered',
  'qdeviceAlive',
  'qdeviceCastVote',
  'qdeviceMasterWins',
] as const

export type VoteQuorumFlag = (typeof flagNames)[number]

const nodeStates = { 1: 'MEMBER', 2: 'DEAD', 3: 'LEAVING' } as const

/** What votequorum knows of one node, and of the cluster as this node sees it (`struct votequorum_info`). */
export interface VoteQuorumInfo {
  readonly nodeid: number
  readonly state: 'MEMBER' | 'DEAD' | 'LEAVING'
  /** Votes that this node has. */
  readonly votes: number
  /** Votes that this node expects in the whole cluster. */
  readonly expectedVotes: number
  /** The highest number of votes that any node expects. */
  readonly highestExpected: number
  /** Votes of the nodes that are here. */
  readonly totalVotes: number
  /** Votes needed to be quorate. */
  readonly quorum: number
  readonly flags: Readonly<Record<VoteQuorumFlag, boolean>>
  readonly qdeviceVotes: number
  /** Empty without a quorum device. */
  readonly qdeviceName: string
}

/** struct votequorum_info: nine unsigned int, char qdevice_name[255], padded to a multiple of 4. */
const infoBytes = 9 * 4 + 255 + 1
const localNode = 0

/** A connection to votequorum of this node's corosync. Every failure is a `CorosyncError`. */
export class VoteQuorum {
  readonly #handle: bigint
  #open = true

  private constructor(handle: bigint) {
    this.#handle = handle
  }

  /**
   * Connects: votequorum_initialize(3).
   *
   * @throws {CorosyncError} `CS_ERR_LIBRARY` also when corosync.conf names no quorum provider
   */
  static async open(): Promise<VoteQuorum> {
    // votequorum_callbacks_t: three pointers. Without callbacks nothing has to be dispatched.
    const callbacks = new BigUint64Array(3)
    return new VoteQuorum(await createHandle(libvotequorum, 'votequorum_initialize', callbacks))
  }

  /**
   * The state of a node, by default the local one: votequorum_getinfo(3).
   *
   * @throws {CorosyncError} `CS_ERR_NOT_EXIST`: no such node was ever seen
   */
  info(nodeid: number = localNode): VoteQuorumInfo {
    if (!this.#open) throw new CorosyncError('CLOSED', 'votequorum_getinfo')
    const memory = new Uint8Array(infoBytes)
    libvotequorum.call('votequorum_getinfo', this.#handle, nodeid, memory)
    return decodeInfo(memory)
  }

  /** Frees the handle: votequorum_finalize(3). */
  close(): void {
    if (!this.#open) return
    this.#open = false
    libvotequorum.native('votequorum_finalize')(this.#handle)
  }
}

function decodeInfo(memory: Uint8Array): VoteQuorumInfo {
  const words = new Uint32Array(memory.buffer, 0, 9)
  const word = (index: number): number => words[index] as number
  return {
    nodeid: word(0),
    state: nodeStates[word(1) as keyof typeof nodeStates] ?? 'DEAD',
    votes: word(2),
    expectedVotes: word(3),
    highestExpected: word(4),
    totalVotes: word(5),
    quorum: word(6),
    flags: decodeFlags(word(7)),
    qdeviceVotes: word(8),
    qdeviceName: decodeText(memory.subarray(9 * 4)),
  }
}

function decodeFlags(bits: number): Record<VoteQuorumFlag, boolean> {
  const pairs = flagNames.map((name, bit) => [name, (bits & (1 << bit)) !== 0])
  return Object.fromEntries(pairs) as Record<VoteQuorumFlag, boolean>
}

function decodeText(memory: Uint8Array): string {
  const end = memory.indexOf(0)
  return Buffer.from(end < 0 ? memory : memory.subarray(0, end)).toString()
}

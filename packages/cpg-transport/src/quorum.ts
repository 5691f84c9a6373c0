// libquorum as a class, model V1: whether this node is in the quorate part of the cluster, and which nodes are.
// Man page: quorum_overview(3); the functions are described in corosync/quorum.h.

import type { RingId } from '@quorate/core'
import {
  Connection,
  copyUint32s,
  createHandle,
  Handle,
  type HandleOptions,
  libquorum,
  trampoline,
} from '@quorate/corosync-ffi'
import { type NativeRingId, ringId } from './ring-id.ts'

/** Quorum as of one ring. */
export interface QuorumNotification {
  readonly quorate: boolean
  /** Of which ring this speaks: comes earlier or later than CPG's confchg of the same ring. */
  readonly ring: RingId
  readonly members: readonly number[]
}

/** The cluster's nodes changed. Comes before the quorum notification of the same ring. */
export interface NodelistNotification {
  readonly ring: RingId
  readonly members: readonly number[]
  readonly joined: readonly number[]
  readonly left: readonly number[]
}

/** What a connection reports. */
export interface QuorumHandlers {
  quorum?(notification: QuorumNotification): void
  nodelist?(notification: NodelistNotification): void
  /** The daemon is gone: every call fails from now on. */
  down?(error: Error): void
}

/** How to open a connection. */
export type QuorumOptions = HandleOptions

/** CS_TRACK_*: report the present state once; report changes; both are usual. */
export const trackFlags = { CURRENT: 1, CHANGES: 2, CHANGES_ONLY: 4 } as const
export type TrackFlag = keyof typeof trackFlags

const modelV1 = 1
const quorumSet = 1

/** A connection to the quorum service of this node's corosync. Every failure is a `CorosyncError`. */
export class Quorum extends Handle {
  /** `'set'`: a quorum provider (votequorum) is configured; `'free'`: none is, and every node is quorate. */
  readonly type: 'set' | 'free'

  private constructor(connection: Connection<QuorumHandlers>, type: 'set' | 'free') {
    super(connection)
    this.type = type
  }

  /** Connects: quorum_model_initialize with model V1. Reports nothing before `track`. */
  static async open(handlers: QuorumHandlers = {}, options: QuorumOptions = {}): Promise<Quorum> {
    const type = new Uint32Array(1)
    const model = encodeModelV1()
    const handle = await createHandle(libquorum, 'quorum_model_initialize', modelV1, model, type, null)
    const connection = new Connection({
      library: libquorum,
      prefix: 'quorum',
      handle,
      receiver: handlers,
      onDown: (error) => handlers.down?.(error),
      ...options,
    })
    return new Quorum(connection, type[0] === quorumSet ? 'set' : 'free')
  }

  /** Whether the node is quorate at this moment: quorum_getquorate. */
  get quorate(): boolean {
    const quorate = new Int32Array(1)
    this.call('quorum_getquorate', quorate)
    return quorate[0] !== 0
  }

  /** Begins the notifications: quorum_trackstart. By default the present state, then every change. */
  track(flags: readonly TrackFlag[] = ['CURRENT', 'CHANGES']): void {
    const bits = flags.reduce((sum, flag) => sum | trackFlags[flag], 0)
    this.call('quorum_trackstart', bits)
  }

  /** Ends the notifications: quorum_trackstop. */
  untrack(): void {
    this.call('quorum_trackstop')
  }
}

/** quorum_model_v1_data_t: int model; two callback pointers, aligned to 8. */
function encodeModelV1(): BigUint64Array {
  const data = new BigUint64Array(3)
  new Uint32Array(data.buffer)[0] = modelV1
  data[1] = libquorum.callback('quorum_v1_quorum_notification_fn_t', trampoline(onQuorum))
  data[2] = libquorum.callback('quorum_v1_nodelist_notification_fn_t', trampoline(onNodelist))
  return data
}

function onQuorum(
  to: QuorumHandlers,
  _handle: bigint,
  quorate: number,
  ring: NativeRingId,
  memberCount: number,
  members: bigint,
): void {
  to.quorum?.({ quorate: quorate !== 0, ring: ringId(ring), members: [...copyUint32s(members, memberCount)] })
}

function onNodelist(
  to: QuorumHandlers,
  _handle: bigint,
  ring: NativeRingId,
  memberCount: number,
  members: bigint,
  joinedCount: number,
  joined: bigint,
  leftCount: number,
  left: bigint,
): void {
  to.nodelist?.({
    ring: ringId(ring),
    members: [...copyUint32s(members, memberCount)],
    joined: [...copyUint32s(joined, joinedCount)],
    left: [...copyUint32s(left, leftCount)],
  })
}

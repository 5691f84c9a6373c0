// What libcpg tells: members, changes and messages, as cpg_model_initialize(3) describes them.

import type { Member, RingId } from '@quorate/core'

/** `cpg_reason_t`: why a process appears in a left or joined list. */
export const reasons = ['UNDEFINED', 'JOIN', 'LEAVE', 'NODEDOWN', 'NODEUP', 'PROCDOWN'] as const

/**
 * `JOIN`: it called cpg_join. `LEAVE`: it called cpg_leave. `NODEDOWN`: its node left the ring. `NODEUP`: its node
 * came into the ring (a merge shows each side the other so). `PROCDOWN`: it ended or closed its connection without
 * cpg_leave. `UNDEFINED`: in member lists, where there is no reason.
 */
export type CpgReason = (typeof reasons)[number]

/** A member with the reason for which it is listed. */
export interface CpgAddress extends Member {
  readonly reason: CpgReason
}

/** A configuration change of a group (`cpg_confchg_fn_t`). */
export interface CpgConfchg {
  readonly group: string
  /** Who is in the group now, in the daemon's order. */
  readonly members: readonly CpgAddress[]
  /** Unsorted. The same process can be in `left` and in `joined`. */
  readonly left: readonly CpgAddress[]
  readonly joined: readonly CpgAddress[]
}

/** A new ring (`cpg_totem_confchg_fn_t`). Comes after the group's confchgs of the same ring change. */
export interface CpgTotemConfchg {
  readonly ring: RingId
  /** The nodes of the ring, whether they have members in the group or not. */
  readonly nodeids: readonly number[]
}

/** A message in its order (`cpg_deliver_fn_t`). */
export interface CpgMessage {
  readonly group: string
  readonly from: Member
  /** A copy: belongs to the receiver. */
  readonly bytes: Uint8Array
}

/** What a connection reports. A handler may call anything of the connection but `dispatch`; `close`, too. */
export interface CpgHandlers {
  deliver?(message: CpgMessage): void
  confchg?(change: CpgConfchg): void
  totemConfchg?(change: CpgTotemConfchg): void
  /** The daemon is gone: every call fails from now on, and events not dispatched before are lost. */
  down?(error: Error): void
}

/** `cpg_guarantee_t`. `FIFO` is the same as `AGREED`; corosync implements neither `UNORDERED` nor `SAFE`. */
export const guarantees = { UNORDERED: 0, FIFO: 1, AGREED: 2, SAFE: 3 } as const
export type CpgGuarantee = keyof typeof guarantees

/** `cpg_iteration_type_t`. `NAME_ONLY` lists each group once, with node and process 0. */
export const iterationTypes = { NAME_ONLY: 1, ONE_GROUP: 2, ALL: 3 } as const
export type CpgIterationType = keyof typeof iterationTypes

/** A group and a member of it, anywhere on the cluster. */
export interface CpgGroupMember extends Member {
  readonly group: string
}

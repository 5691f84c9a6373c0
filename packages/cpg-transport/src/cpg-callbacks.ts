// The three native callbacks of libcpg, one set for the process: C arguments in, handlers' objects out.

import { copyMemory, copyUint32s, libcpg, trampoline } from '@quorate/corosync-ffi'
import { readAddresses, readName } from './cpg-memory.ts'
import type { CpgHandlers } from './cpg-types.ts'
import { type NativeRingId, ringId } from './ring-id.ts'

/** Where the callbacks of one connection go. */
export interface CpgReceiver {
  readonly handlers: CpgHandlers
  /** The one group that this handle has joined; saves decoding the name of each message. */
  group: string
}

/** The pointers of cpg_model_v1_data_t, in its order. */
export function cpgCallbacks(): bigint[] {
  return [
    libcpg.callback('cpg_deliver_fn_t', trampoline(onDeliver)),
    libcpg.callback('cpg_confchg_fn_t', trampoline(onConfchg)),
    libcpg.callback('cpg_totem_confchg_fn_t', trampoline(onTotemConfchg)),
  ]
}

function onDeliver(
  to: CpgReceiver,
  _handle: bigint,
  _group: bigint,
  nodeid: number,
  pid: number,
  message: bigint,
  length: number,
): void {
  to.handlers.deliver?.({ group: to.group, from: { nodeid, pid }, bytes: copyMemory(message, length) })
}

function onConfchg(
  to: CpgReceiver,
  _handle: bigint,
  group: bigint,
  members: bigint,
  memberCount: number,
  left: bigint,
  leftCount: number,
  joined: bigint,
  joinedCount: number,
): void {
  to.handlers.confchg?.({
    group: readName(group),
    members: readAddresses(members, memberCount),
    left: readAddresses(left, leftCount),
    joined: readAddresses(joined, joinedCount),
  })
}

function onTotemConfchg(
  to: CpgReceiver,
  _handle: bigint,
  ring: NativeRingId,
  nodeCount: number,
  nodes: bigint,
): void {
  to.handlers.totemConfchg?.({
    ring: ringId(ring),
    nodeids: [...copyUint32s(nodes, nodeCount)],
  })
}

// The structures of corosync/cpg.h in memory: what goes in, what comes out. All are naturally aligned and in the
// machine's byte order.

import { checkGroupName } from '@quorate/core'
import { copyUint32s } from '@quorate/corosync-ffi'
import { type CpgAddress, type CpgReason, reasons } from './cpg-types.ts'

/** CPG_MAX_NAME_LENGTH, CPG_MEMBERS_MAX. */
const nameBytesMax = 128
const membersMax = 128
/** struct cpg_name: uint32_t length; char value[128]. */
const nameBytes = 4 + nameBytesMax
/** struct cpg_address: three uint32_t. */
const addressWords = 3

/** A `struct cpg_name` that holds `group`. */
export function encodeName(group: string): Uint8Array {
  const name = new Uint8Array(nameBytes)
  const value = Buffer.from(checkGroupName(group))
  new Uint32Array(name.buffer)[0] = value.length
  name.set(value, 4)
  return name
}

function decodeName(memory: Uint8Array): string {
  const length = new Uint32Array(memory.buffer, memory.byteOffset, 1)[0] as number
  return Buffer.from(memory.buffer, memory.byteOffset + 4, Math.min(length, nameBytesMax)).toString()
}

/** The `struct cpg_name` at the C address `pointer`. */
export function readName(pointer: bigint): string {
  const words = copyUint32s(pointer, nameBytes / 4)
  return decodeName(new Uint8Array(words.buffer))
}

/** Room for the member list of cpg_membership_get(3). */
export function addressListMemory(): Uint32Array {
  return new Uint32Array(membersMax * addressWords)
}

/** The first `count` entries of a member list. */
export function decodeAddresses(words: Uint32Array, count: number): CpgAddress[] {
  return Array.from({ length: count }, (_, i) => ({
    nodeid: words[i * addressWords] as number,
    pid: words[i * addressWords + 1] as number,
    reason: reasonOf(words[i * addressWords + 2] as number),
  }))
}

/** The list of `count` `struct cpg_address` at the C address `pointer`. */
export function readAddresses(pointer: bigint, count: number): CpgAddress[] {
  return decodeAddresses(copyUint32s(pointer, count * addressWords), count)
}

function reasonOf(value: number): CpgReason {
  return reasons[value] ?? 'UNDEFINED'
}

/** cpg_model_v1_data_t: int model; three callback pointers, aligned to 8; unsigned int flags. */
export function encodeModelV1(callbacks: readonly bigint[], flags: number): BigUint64Array {
  const data = new BigUint64Array(5)
  const words = new Uint32Array(data.buffer)
  words[0] = 1
  data.set(callbacks, 1)
  words[8] = flags
  return data
}

/** struct cpg_iteration_description_t: struct cpg_name group; uint32_t nodeid; uint32_t pid. */
export function descriptionMemory(): Uint32Array {
  return new Uint32Array(nameBytes / 4 + 2)
}

/** The group and member that cpg_iteration_next(3) wrote. */
export function decodeDescription(words: Uint32Array): { group: string; nodeid: number; pid: number } {
  return {
    group: decodeName(new Uint8Array(words.buffer)),
    nodeid: words[nameBytes / 4] as number,
    pid: words[nameBytes / 4 + 1] as number,
  }
}

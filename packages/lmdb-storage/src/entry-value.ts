// An entry on disk: its chain in 8 bytes, then its payload. What else an entry has is decoded from these.

import type { Chain, Entry } from '@quorate/core'
import { decodeBody } from '@quorate/core/encoding'

const chainBytes = 8

export function chainOf({ chain }: Entry): Uint8Array {
  const bytes = Buffer.allocUnsafe(chainBytes)
  bytes.writeBigUInt64BE(BigInt(chain))
  return bytes
}

export function readChain(value: Uint8Array): Chain {
  const { buffer, byteOffset } = value
  return Number(new DataView(buffer, byteOffset, chainBytes).getBigUint64(0)) as Chain
}

/** The payload is a part of `value`. `undefined`: it is no entry that this program knows. */
export function readEntry(value: Uint8Array): Entry | undefined {
  const payload = value.subarray(chainBytes)
  const body = decodeBody(payload)
  return body && { body, payload, chain: readChain(value) }
}

// An entry on disk: its chain in 8 bytes, then its payload. What else an entry has is decoded from these.

import type { Chain, Entry } from '@quorate/core'
import { decodeBody } from '@quorate/core/encoding'
import type { ValueMemory } from './value-memory.ts'

const chainBytes = 8

export function chainOf({ chain }: Entry): Uint8Array {
  const bytes = Buffer.allocUnsafe(chainBytes)
  bytes.writeUInt32BE(Math.floor(chain / 2 ** 32))
  bytes.writeUInt32BE(chain >>> 0, 4)
  return bytes
}

/** No safe integer where the bytes are of no chain. */
export function readChain(value: Uint8Array): Chain {
  return (uint32(value, 0) * 2 ** 32 + uint32(value, 4)) as Chain
}

/** Nothing of it is a part of `value`. `undefined`: it is no entry that this program knows. */
export function readEntry(value: Uint8Array, memory: ValueMemory): Entry | undefined {
  const payload = memory.keep(value, chainBytes)
  const body = decodeBody(payload)
  return body && { body, payload, chain: readChain(value) }
}

function uint32(bytes: Uint8Array, at: number): number {
  const [a, b] = [bytes[at] as number, bytes[at + 1] as number]
  const [c, d] = [bytes[at + 2] as number, bytes[at + 3] as number]
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
}

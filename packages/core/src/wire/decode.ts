// Bytes to messages. What comes from a peer is checked and counted, never asserted: nothing throws here, and what is
// allocated is a small multiple of the bytes. Design: docs/protocol.md, "Messages".

import { formatOfKind } from './formats.ts'
import { type HeaderFault, headerBytes, readHeader, type Sender } from './header.ts'
import type { Message } from './messages.ts'
import { unpack } from './pack.ts'

/** Why bytes are no message. `kind`: of this version, and still of a kind that is not known. */
export type DecodeFault = HeaderFault | 'kind'

export type Decoded =
  | (Sender & { readonly ok: true; readonly message: Message })
  | { readonly ok: false; readonly reason: DecodeFault }

/** The message's bytes (`payload`, `commands`, `part`) are parts of `bytes`, which must not change any more. */
export function decodeMessage(bytes: Uint8Array): Decoded {
  const header = readHeader(bytes)
  if (typeof header === 'string') return { ok: false, reason: header }
  const { kind, incarnation, group } = header
  const format = formatOfKind(kind)
  if (format === undefined) return { ok: false, reason: 'kind' }
  const unpacked = unpack(bytes, headerBytes)
  const message = unpacked && format.decode(unpacked)
  if (message === undefined) return { ok: false, reason: 'damaged' }
  return { ok: true, incarnation, group, message }
}

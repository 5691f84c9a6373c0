// A value as it stands on disk: a checksum, then its bytes. LMDB has no checksums of its own. The key counts too, so that
// a value which comes back under another's key is found as well.

import { crc32 } from 'node:zlib'

const checksumBytes = 4

export function seal(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + length, checksumBytes))
  let at = checksumBytes
  for (const part of parts) {
    value.set(part, at)
    at += part.length
  }
  value.writeUInt32BE(checksum(key, contentOf(value)))
  return value
}

/** A part of `value`; `undefined`: `value` is not what was sealed under `key`. */
export function unseal(key: Uint8Array, value: Buffer): Uint8Array | undefined {
  if (value.length < checksumBytes) return undefined
  const content = contentOf(value)
  return value.readUInt32BE() === checksum(key, content) ? content : undefined
}

const contentOf = ({ buffer, byteOffset, length }: Buffer): Uint8Array =>
  new Uint8Array(buffer, byteOffset + checksumBytes, length - checksumBytes)

const checksum = (key: Uint8Array, content: Uint8Array): number => crc32(content, crc32(key))

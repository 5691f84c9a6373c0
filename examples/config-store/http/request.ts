// Reads the parts of a request, and refuses what is wrong with them.

import type { IncomingHttpHeaders } from 'node:http'
import type { Condition } from '../store.ts'
import { RequestError } from './answer.ts'

const keyBytesMax = 512
const valueBytesMax = 64 * 1024
/** A day: longer ones are no leases. */
const ttlMsMax = 86_400_000

/** The key in a path, where its slashes may stand as they are. */
export function readKey(encoded: string): string {
  const key = decode(encoded)
  const bytes = Buffer.byteLength(key)
  if (bytes > keyBytesMax)
    throw new RequestError(400, 'bad-key', `The key has ${bytes} bytes; ${keyBytesMax} is the most`)
  return key
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw new RequestError(400, 'bad-key', `'${encoded}' is not percent-encoded UTF-8`)
  }
}

/** `If-Match: "7"`, `If-Match: *` and `If-None-Match: *`, as RFC 9110 has them; the version is the entity tag. */
export function readCondition(headers: IncomingHttpHeaders): Condition {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers
  if (match !== undefined && noneMatch !== undefined)
    throw new RequestError(400, 'bad-condition', 'Give If-Match or If-None-Match, not both')
  if (match !== undefined) return match === '*' ? 'present' : readVersion(match)
  if (noneMatch === undefined) return 'any'
  if (noneMatch === '*') return 'absent'
  throw new RequestError(400, 'bad-condition', `If-None-Match must be *, and is ${noneMatch}`)
}

function readVersion(tag: string): number {
  const version = /^"(\d{1,15})"$/.exec(tag)?.[1]
  if (version === undefined)
    throw new RequestError(
      400,
      'bad-condition',
      `If-Match must be one version in quotes, as "7", or *; it is ${tag}`,
    )
  return Number(version)
}

/** `?ttlMs=`: `null` when it is not there. */
export function readTtlMs(url: URL): number | null {
  const text = url.searchParams.get('ttlMs')
  if (text === null) return null
  const ttlMs = Number(text)
  if (!Number.isInteger(ttlMs) || ttlMs < 1 || ttlMs > ttlMsMax)
    throw new RequestError(
      400,
      'bad-ttl',
      `ttlMs must be a whole number from 1 to ${ttlMsMax}, and is '${text}'`,
    )
  return ttlMs
}

/** The body, UTF-8. */
export async function readValue(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of body) {
    bytes += part.length
    if (bytes > valueBytesMax)
      throw new RequestError(413, 'value-too-large', `A value has at most ${valueBytesMax} bytes`, {
        connection: 'close',
      })
    parts.push(part)
  }
  return decodeText(Buffer.concat(parts))
}

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new RequestError(400, 'bad-value', 'A value is text in UTF-8; encode bytes, as base64 for example')
  }
}

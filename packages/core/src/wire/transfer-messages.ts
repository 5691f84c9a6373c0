// FETCH, the two kinds of CHUNK, and the donor's refusal. Design: docs/protocol.md, "Catching up".

import { decodeBody } from '../log/body.ts'
import { type Codec, list, natural, nullable, struct } from './codec.ts'
import { type Format, fixed } from './format.ts'
import type { EntriesChunk, Fetch, Mismatch, PartialSnapshot, SnapshotChunk } from './messages.ts'
import * as nouns from './nouns.ts'

const partialSnapshot: Codec<PartialSnapshot> = struct({
  index: nouns.index,
  chain: nouns.chain,
  bytes: natural(),
})

export const fetch: Format<Fetch> = fixed(7, 'fetch', {
  ballot: nouns.ballot,
  donor: nouns.incarnation,
  index: nouns.index,
  chain: nouns.chain,
  upTo: natural(),
  credit: natural(),
  partial: nullable(partialSnapshot),
})

type EntriesFields = Omit<EntriesChunk, 'type' | 'entries'> & { readonly lengths: readonly number[] }

const entriesFields: Codec<EntriesFields> = struct({
  ballot: nouns.ballot,
  from: nouns.position,
  commit: nouns.index,
  lengths: list(natural(1)),
})

export const entries: Format<EntriesChunk> = {
  kind: 8,
  encode(message) {
    const payloads = message.entries.map(({ payload }) => payload)
    const lengths = payloads.map(({ length }) => length)
    return { fields: entriesFields.encode({ ...message, lengths }), raw: Buffer.concat(payloads) }
  },
  decode({ fields, raw }) {
    const known = entriesFields.decode(fields)
    if (known === undefined) return undefined
    const { lengths, ...rest } = known
    const parts = split(raw, lengths)
    return parts && { type: 'entries', ...rest, entries: parts }
  },
}

function split(raw: Uint8Array, lengths: readonly number[]): EntriesChunk['entries'] | undefined {
  const parts: EntriesChunk['entries'][number][] = []
  let end = 0
  for (const length of lengths) {
    const payload = raw.subarray(end, end + length)
    const body = decodeBody(payload)
    if (body === undefined) return undefined
    parts.push({ body, payload })
    end += length
  }
  return end === raw.length ? parts : undefined
}

type SnapshotFields = Omit<SnapshotChunk, 'type' | 'part'>

const snapshotFields: Codec<SnapshotFields> = struct({
  ballot: nouns.ballot,
  commit: nouns.index,
  snapshot: nouns.position,
  versions: nouns.versions,
  offset: natural(),
  digest: nullable(natural()),
})

export const snapshot: Format<SnapshotChunk> = {
  kind: 9,
  encode: (message) => ({ fields: snapshotFields.encode(message), raw: message.part }),
  decode({ fields, raw }) {
    const known = snapshotFields.decode(fields)
    if (known === undefined) return undefined
    return { type: 'snapshot', ...known, part: raw }
  },
}

export const mismatch: Format<Mismatch> = fixed(10, 'mismatch', {
  ballot: nouns.ballot,
  joiner: nouns.incarnation,
  index: nouns.index,
  chain: nouns.chain,
})

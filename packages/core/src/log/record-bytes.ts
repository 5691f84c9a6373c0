// The record as bytes: for storages, which keep them and never look inside.

import { type Codec, flag, growingStruct, natural, nullable } from '../wire/codec.ts'
import * as nouns from '../wire/nouns.ts'
import { pack, unpack } from '../wire/pack.ts'
import type { StorageRecord } from './storage-record.ts'

/** Later versions may add fields at the end. */
const record: Codec<StorageRecord> = growingStruct({
  memory: natural<StorageRecord['memory']>(1),
  group: nullable(nouns.group),
  voters: nouns.voters,
  promised: nouns.ballot,
  epoch: nouns.epoch,
  blank: flag,
  certain: nouns.index,
  commit: nouns.index,
})

/** @throws {RangeError} `value` holds a number that `decodeRecord` would not take */
export function encodeRecord(value: StorageRecord): Uint8Array {
  return pack(record.encode(value))
}

/** `undefined`: `bytes` are no record. */
export function decodeRecord(bytes: Uint8Array): StorageRecord | undefined {
  const unpacked = unpack(bytes)
  return unpacked?.raw.length === 0 ? record.decode(unpacked.fields) : undefined
}

// The value that a word on the command line stands for.

import type { CmapInput, CmapType } from '../cmap/values.ts'
import { UsageError } from './arguments.ts'

/** As corosync-cmapctl names the types. */
const shortNames: Readonly<Record<string, CmapType>> = {
  i8: 'int8',
  u8: 'uint8',
  i16: 'int16',
  u16: 'uint16',
  i32: 'int32',
  u32: 'uint32',
  i64: 'int64',
  u64: 'uint64',
  flt: 'float',
  dbl: 'double',
  str: 'string',
  bin: 'binary',
}

const longNames = new Set<string>(Object.values(shortNames))

/** @throws {UsageError} there is no such type */
export function readType(word: string): CmapType {
  if (longNames.has(word)) return word as CmapType
  const type = Object.hasOwn(shortNames, word) ? shortNames[word] : undefined
  if (type !== undefined) return type
  throw new UsageError(`There is no type ${word}; there are: ${[...longNames].join(', ')}.`)
}

/** @throws {UsageError} `word` is no value of the type */
export function readValue(type: CmapType, word: string): CmapInput<CmapType> {
  if (type === 'string') return word
  if (type === 'binary' && /^([0-9a-f]{2})*$/i.test(word)) return Uint8Array.from(Buffer.from(word, 'hex'))
  if (type === 'float' || type === 'double') {
    if (word.trim() !== '' && !Number.isNaN(Number(word))) return Number(word)
  } else if (type !== 'binary' && /^-?\d+$/.test(word)) return BigInt(word)
  throw new UsageError(`"${word}" is no ${type}.`)
}

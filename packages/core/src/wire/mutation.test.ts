// A million messages with bits turned, bytes replaced, ends cut off and parts exchanged, half of them with a checksum
// made right again. None may throw; what is taken for a message must be one: its encoding is stable.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { repairChecksum } from './bytes.test-support.ts'
import { type DecodeFault, decodeMessage } from './decode.ts'
import { encodeMessage } from './encode.ts'
import { headerBytes } from './header.ts'
import { samples, sender } from './samples.test-support.ts'

const test = suite('mutated messages')
const runs = 1_000_000
const memoryBytesMax = 200e6

const originals = Object.values(samples).map((message) => encodeMessage(sender, message))

/** Tokens of MessagePack at which decoders go wrong: lengths, extensions, ends of ranges. */
const tokens = [
  0x00, 0x7f, 0x80, 0x90, 0x9f, 0xc0, 0xc1, 0xc6, 0xc7, 0xc9, 0xcb, 0xcf, 0xd3, 0xd4, 0xdc, 0xdd, 0xdf, 0xff,
]

/** xorshift32 */
let state = 0x9e3779b9
function below(count: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % count
}

function oneOf<T>(values: readonly T[]): T {
  return values[below(values.length)] as T
}

const mutations: readonly ((bytes: Uint8Array) => Uint8Array)[] = [
  turnBits,
  replaceBytes,
  cut,
  exchange,
  lengthen,
]

function turnBits(bytes: Uint8Array): Uint8Array {
  for (let count = 1 + below(4); count > 0; count--) {
    const place = below(bytes.length)
    bytes[place] = Number(bytes[place]) ^ (1 << below(8))
  }
  return bytes
}

function replaceBytes(bytes: Uint8Array): Uint8Array {
  const place = headerBytes + below(bytes.length - headerBytes)
  return bytes.fill(oneOf(tokens), place, place + 1 + below(6))
}

function cut(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, below(bytes.length))
}

/** The beginning of one message and the end of another. */
function exchange(bytes: Uint8Array): Uint8Array {
  const other = oneOf(originals)
  return Buffer.concat([bytes.subarray(0, below(bytes.length)), other.subarray(below(other.length))])
}

function lengthen(bytes: Uint8Array): Uint8Array {
  const place = headerBytes + below(bytes.length - headerBytes)
  return Buffer.concat([bytes.subarray(0, place), Uint8Array.of(oneOf(tokens)), bytes.subarray(place)])
}

function mutated(): Uint8Array {
  const bytes = oneOf(mutations)(Uint8Array.from(oneOf(originals)))
  return bytes.length >= headerBytes && below(2) === 0 ? repairChecksum(bytes) : bytes
}

/** Whether `bytes` are a message; then what is encoded from it is decoded to the same. */
function checked(bytes: Uint8Array): DecodeFault | 'message' {
  const decoded = decodeMessage(bytes)
  if (!decoded.ok) return decoded.reason
  const once = encodeMessage(decoded, decoded.message)
  const again = decodeMessage(once)
  assert.ok(again.ok)
  assert.is(Buffer.compare(encodeMessage(again, again.message), once), 0)
  return 'message'
}

/** Reserved, whether touched or not. */
function memoryBytes(): number {
  const { heapTotal, external } = process.memoryUsage()
  return heapTotal + external
}

test('none throws, and memory stays bounded', () => {
  const seen = { message: 0, foreign: 0, damaged: 0, version: 0, kind: 0 }
  const before = memoryBytes()
  for (let run = 0; run < runs; run++) {
    seen[checked(mutated())] += 1
    if (run % 10_000 === 0) assert.ok(memoryBytes() - before < memoryBytesMax)
  }
  for (const [outcome, count] of Object.entries(seen)) assert.ok(count > 1000, `${outcome}: ${count}`)
})

test.run()

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pack, unpack } from './pack.ts'

const test = suite('packed fields')

/** An array of `length` elements, as MessagePack begins one. */
function arrayOf(length: number, ...rest: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(5 + rest.length)
  bytes[0] = 0xdd
  new DataView(bytes.buffer).setUint32(1, length)
  bytes.set(rest, 5)
  return bytes
}

/** Arrays in arrays, and a 0 in the innermost. */
function nested(depth: number): Uint8Array {
  return new Uint8Array(depth + 1).fill(0x91, 0, depth)
}

test('fields and raw bytes come out as they went in, behind the room', () => {
  const numbers = [
    0,
    1,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53 - 1,
    0n,
    2n ** 64n - 1n,
  ]
  const lists = [15, 16, 65_535, 65_536].map((length) => new Array(length).fill(null))
  const fields = [...numbers, null, true, false, -1, -200, -40_000, -(2 ** 31), 0.5, [], [[[1]]], ...lists]
  const raw = Uint8Array.of(0xdd, 0xff, 0xff)
  const bytes = pack(fields, raw, 7)
  const unpacked = unpack(bytes, 7)
  assert.equal(unpacked?.fields, fields)
  assert.equal(unpacked?.raw, raw)
  assert.is(unpacked?.raw.buffer, bytes.buffer)
})

test('fields that are cut off anywhere are none', () => {
  const bytes = pack([1, 300, 70_000, 2 ** 40, 5n, [true, null, -200], new Array(20).fill(1)])
  for (let length = 0; length < bytes.length; length++)
    assert.is(unpack(bytes.subarray(0, length)), undefined)
})

test('nesting ends somewhere', () => {
  assert.ok(unpack(nested(8)))
  assert.is(unpack(nested(9)), undefined)
  assert.is(unpack(nested(1_000_000)), undefined)
})

test('a length that the bytes cannot hold is refused before anything is allocated for it', () => {
  assert.is(unpack(arrayOf(2 ** 32 - 1)), undefined)
  assert.is(unpack(arrayOf(4, 0, 0, 0)), undefined)
  assert.is(unpack(Uint8Array.of(0xdc, 0xff)), undefined)
  assert.equal(unpack(arrayOf(3, 0, 0, 0))?.fields, [0, 0, 0])
})

test('each token of MessagePack that is not for numbers, flags and arrays is refused', () => {
  const taken = new Set([0xc0, 0xc2, 0xc3, 0xcb, 0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3, 0xdc, 0xdd])
  for (let token = 0; token < 256; token++) {
    const isTaken = token <= 0x7f || token >= 0xe0 || (token >= 0x90 && token <= 0x9f) || taken.has(token)
    const bytes = new Uint8Array(64)
    bytes[0] = token
    assert.is(unpack(bytes) !== undefined, isTaken, `token ${token.toString(16)}`)
  }
})

test('arrays of arrays take no more memory than a small multiple of their bytes', () => {
  const length = 1_000_000
  const bytes = new Uint8Array(5 + length).fill(0x90)
  bytes.set(arrayOf(length))
  const before = process.memoryUsage()
  assert.ok(unpack(bytes))
  const after = process.memoryUsage()
  assert.ok(after.heapUsed + after.external - before.heapUsed - before.external < 64 * length)
})

test('the packed array is left as it was', () => {
  const bytes = pack([1, 2, 3])
  unpack(bytes)
  assert.equal(Object.keys(bytes), ['0', '1', '2', '3'])
})

test.run()

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type CmapType, decodeValue, encodeValue, typeName, typeNumber } from './values.ts'

const test = suite('values of CMAP')

// biome-ignore lint/suspicious/noExplicitAny: what a caller without types may give.
const encode = (type: CmapType, value: any): Uint8Array => encodeValue(type, value)
const through = (type: CmapType, value: unknown): unknown => decodeValue(type, encode(type, value)).value

const bounds: readonly [CmapType, number | bigint, number | bigint][] = [
  ['int8', -128, 127],
  ['uint8', 0, 255],
  ['int16', -32_768, 32_767],
  ['uint16', 0, 65_535],
  ['int32', -(2 ** 31), 2 ** 31 - 1],
  ['uint32', 0, 2 ** 32 - 1],
  ['int64', -(2n ** 63n), 2n ** 63n - 1n],
  ['uint64', 0n, 2n ** 64n - 1n],
]

for (const [type, lowest, highest] of bounds) {
  test(`${type} holds its bounds, as a number or a bigint, and nothing beyond them`, () => {
    assert.equal([through(type, lowest), through(type, highest)], [lowest, highest])
    assert.is(through(type, BigInt(highest)), highest)
    for (const beyond of [BigInt(lowest) - 1n, BigInt(highest) + 1n]) {
      assert.throws(() => encode(type, beyond), new RegExp(`CMAP's ${type} cannot hold ${beyond}`))
    }
  })

  test(`${type} holds whole numbers only`, () => {
    for (const wrong of [1.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null]) {
      assert.throws(
        () => encode(type, wrong),
        (error: unknown) => error instanceof RangeError,
      )
    }
  })
}

test('the wide integers take numbers as far as these are exact', () => {
  assert.is(through('uint64', 7), 7n)
  assert.is(through('int64', Number.MIN_SAFE_INTEGER), BigInt(Number.MIN_SAFE_INTEGER))
  assert.throws(() => encode('uint64', 2 ** 53), /cannot hold 9007199254740992/)
})

test('a float has 32 bits, a double 64; both have infinities and no number', () => {
  assert.is(through('float', 0.1), Math.fround(0.1))
  assert.is(through('double', 0.1), 0.1)
  assert.is(encode('float', 1).length, 4)
  for (const value of [Number.POSITIVE_INFINITY, Number.NaN, -0]) {
    assert.ok(Object.is(through('float', value), value))
    assert.ok(Object.is(through('double', value), value))
  }
  assert.throws(() => encode('float', 1e300), /CMAP's float cannot hold 1e\+300/)
})

test('a string is set without its NUL, and read with it', () => {
  assert.equal(encode('string', 'ä'), Buffer.from('ä'))
  assert.equal(decodeValue('string', Buffer.from('ä\0')), { type: 'string', value: 'ä', length: 3 })
  assert.throws(() => encode('string', 'a\0b'), /ends at its first NUL: use binary/)
})

test('numbers are read from memory that is not aligned', () => {
  const memory = Buffer.alloc(9)
  memory.set(encode('uint64', 5n), 1)
  assert.is(decodeValue('uint64', memory.subarray(1)).value, 5n)
})

test('the types have the numbers of corosync/cmap.h; a later one is refused by its number', () => {
  const types = [...bounds.map(([type]) => type), 'float', 'double', 'string', 'binary'] as CmapType[]
  assert.equal(types.map(typeNumber), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  assert.equal(
    types.map((_, i) => typeName(i + 1, 'cmap_get')),
    types,
  )
  assert.throws(() => typeName(13, 'cmap_get'), /cmap_get: CS_ERR_NOT_SUPPORTED\. Corosync's value type 13/)
})

test('bytes are read as a Uint8Array of their own, whatever memory they came in', () => {
  const memory = Buffer.from([1, 2])
  const { value } = decodeValue('binary', memory)
  assert.equal(value, Uint8Array.of(1, 2))
  memory.fill(0)
  assert.equal(value, Uint8Array.of(1, 2))
})

test('bytes are written as they are at the call, whatever becomes of their memory', () => {
  const memory = Uint8Array.of(1, 2)
  const written = encode('binary', memory)
  memory.fill(0)
  assert.equal(written, Uint8Array.of(1, 2))
})

test.run()

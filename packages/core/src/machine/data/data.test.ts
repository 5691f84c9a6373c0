import { inspect, isDeepStrictEqual } from 'node:util'
import { createDraft, enableMapSet } from 'immer'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { choiceFrom } from '../../choice.test-support.ts'
import type { QuorateError } from '../../errors.ts'
import { errorOf } from '../machine.test-support.ts'
import { decode } from './decode.ts'
import { encode } from './encode.ts'

enableMapSet()

const own = JSON.parse('{"__proto__": 1}')
const bare = Object.assign(Object.create(null), { toString: 1 })
const values: readonly unknown[] = [
  ...[undefined, null, true, false, 0, 1, 127, 128, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53, 0.1, -0],
  ...[Number.NaN, Number.POSITIVE_INFINITY, 0n, -(2n ** 90n), '', 'plain', 'grün', '😀', 'a'.repeat(40)],
  ...['a'.repeat(41), 'ü'.repeat(500), '\ud800', 'a'.repeat(100_000), new Date(5)],
  ...[new Uint8Array([1, 2, 255]), new Uint8Array(0), [], [1, [2, ['three']]], [undefined, null]],
  ...[{}, { a: 1, b: { c: undefined } }, { 2: 'b', 1: 'a', '': 0 }, own, bare, new Map(), new Set()],
  ...[
    new Map<unknown, unknown>([
      [1, 'a'],
      ['1', 'b'],
      [{ k: 1 }, new Map([[1, 2]])],
    ]),
    new Set([1, '1', [1]]),
  ],
]

test('values come back as they were', () => {
  for (const value of values) assert.ok(isDeepStrictEqual(decode(encode(value)), value), inspect(value))
})

test('what uvu does not tell apart comes back too: -0, undefined keys, order of keys, Map beside object', () => {
  assert.ok(Object.is(decode(encode(-0)), -0))
  assert.equal(Object.keys(decode(encode({ b: 1, a: undefined })) as object), ['b', 'a'])
  assert.instance(decode(encode(new Map([['a', 1]]))), Map)
  assert.is(Object.getPrototypeOf(decode(encode(bare))), null)
  assert.equal(Object.getOwnPropertyNames(decode(encode(own)) as object), ['__proto__'])
})

test('equal values have equal bytes, drafts those of what they stand for', () => {
  const base = { list: [1, 2], map: new Map([['a', { n: 1 }]]), set: new Set(['x']) }
  const draft = createDraft(base)
  draft.list.push(3)
  draft.map.set('b', { n: 2 })
  const plain = {
    list: [1, 2, 3],
    map: new Map([
      ['a', { n: 1 }],
      ['b', { n: 2 }],
    ]),
    set: new Set(['x']),
  }
  assert.equal(encode(draft), encode(plain))
})

test('decoded bytes are their own', () => {
  const bytes = encode(new Uint8Array([1, 2, 3]))
  const decoded = decode(bytes) as Uint8Array
  bytes.fill(0)
  assert.equal([...decoded], [1, 2, 3])
  assert.is(decoded.constructor, Uint8Array)
})

test('what cannot come back is refused, and where it is', () => {
  class Account {}
  const circle: unknown[] = []
  circle.push(circle)
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [{ users: [{ greet: () => 'hello' }] }, /at \.users\[0\]\.greet is a function/],
    [() => 1, /^The value itself is a function/],
    [{ account: new Account() }, /\.account is an instance of Account/],
    [[Promise.resolve()], /\[0\] is a promise/],
    [new Map([[{ key: 1 }, Symbol('x')]]), /\[object\] is a symbol/],
    [{ pattern: /x/ }, /\.pattern is an instance of RegExp/],
    [new Float64Array(1), /an instance of Float64Array/],
    [{ [Symbol('key')]: 1 }, /symbols as keys/],
    // biome-ignore lint/suspicious/noSparseArray: it is what is refused.
    [{ list: [1, , 3] }, /\.list is an array with a hole at 1/],
    [circle, /nested deeper than 500 levels, perhaps in a circle/],
  ]
  for (const [value, message] of refused) {
    const error = errorOf(() => encode(value))
    assert.is(error.code, 'Unserializable')
    assert.match(error.message, message)
  }
  assert.equal(decode(encode('still works')), 'still works')
})

test('damaged bytes give Malformed or another value, and nothing else', () => {
  const choose = choiceFrom(1)
  const originals = values.filter((value) => typeof value !== 'string' || value.length < 1000).map(encode)
  for (let run = 0; run < 100_000; run++) {
    const bytes = Uint8Array.from(originals[run % originals.length] as Uint8Array)
    for (let count = choose(3); count >= 0; count--) bytes[choose(bytes.length)] = choose(256)
    try {
      decode(bytes.subarray(0, bytes.length - choose(2)))
    } catch (error) {
      assert.is((error as QuorateError).code, 'Malformed', String(error))
    }
  }
})

test('a count beyond the bytes fills no memory', () => {
  const error = errorOf(() => decode(new Uint8Array([0x8b, 0xff, 0xff, 0xff, 0x7f])))
  assert.match(error.message, /a count is too high/)
})

test('what is left over is an error', () => {
  assert.match(errorOf(() => decode(new Uint8Array([1, 2]))).message, /1 bytes are left over/)
})

test.run()

import { inspect, isDeepStrictEqual } from 'node:util'
import { createDraft, enableMapSet } from 'immer'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { choiceFrom } from '../../choice.test-support.ts'
import type { QuorateError } from '../../errors.ts'
import { errorOf } from '../machine.test-support.ts'
import { decode } from './decode.ts'
import { encode } from './encode.ts'
import { bare, own, refused, short, values } from './values.test-support.ts'

enableMapSet()

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
  for (const [value, message] of refused) {
    const error = errorOf(() => encode(value))
    assert.is(error.code, 'Unserializable')
    assert.match(error.message, message)
  }
  assert.equal(decode(encode('still works')), 'still works')
})

test('damaged bytes give Malformed or another value, and nothing else', () => {
  const choose = choiceFrom(1)
  const originals = short.map(encode)
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

test('bigints within bigints are no bigint, however many', () => {
  const error = errorOf(() => decode(new Uint8Array(100_000).fill(0x88)))
  assert.match(error.message, /a bigint has no digits/)
})

test('what is left over is an error', () => {
  assert.match(errorOf(() => decode(new Uint8Array([1, 2]))).message, /1 bytes are left over/)
})

test.run()

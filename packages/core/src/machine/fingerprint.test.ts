// Fingerprints of states: as good as their bytes, and cheap where little has changed.

import { inspect } from 'node:util'
import { produce } from 'immer'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decode } from './data/decode.ts'
import { encode } from './data/encode.ts'
import { fingerprintOf } from './fingerprint.ts'

const test = suite('fingerprint')

const bare = (entries: object): object => Object.assign(Object.create(null), entries)
const large = Object.freeze(Array.from({ length: 100 }, (_, i) => i))

/** No two encode alike. */
const values: readonly unknown[] = [
  ...[null, undefined, true, false, 'true', 'null', 'undefined', '', '0'],
  ...[0, -0, 1, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, 0n, 1n, -1n],
  ...['a', 'b', 'ab', 'ba', 'ä', '\ud800', 'a'.repeat(100), 'a'.repeat(101)],
  ...[[], [0], [1], [0, 1], [1, 0], [[]], [[], []], [[1], 2], [1, [2]], [undefined], large, [large]],
  ...[{}, bare({}), { a: 1 }, bare({ a: 1 }), { a: 2 }, { b: 1 }, { a: 1, b: 2 }, { b: 2, a: 1 }],
  ...[{ a: { b: 1 } }, { a: {}, b: 1 }, { a: 'b1' }, { ab: 1 }, { a: undefined }, ['a', 1]],
  ...[new Map(), new Map([['a', 1]]), new Map([[1, 'a']]), new Map([['a', new Map()]])],
  ...[new Set(), new Set(['a']), new Set(['a', 'b']), new Set(['b', 'a'])],
  ...[new Uint8Array(), Uint8Array.of(0), Uint8Array.of(0, 0), Uint8Array.of(1), new Date(0), new Date(1)],
]

test('what differs has another one', () => {
  const seen = new Map<number, unknown>()
  for (const value of values) {
    const fingerprint = fingerprintOf(value)
    assert.not(seen.has(fingerprint), `${inspect(seen.get(fingerprint))} and ${inspect(value)}`)
    assert.ok(Number.isSafeInteger(fingerprint) && fingerprint >= 0)
    seen.set(fingerprint, value)
  }
})

test('what comes back from its bytes has the same', () => {
  for (const value of values) assert.is(fingerprintOf(decode(encode(value))), fingerprintOf(value))
})

interface Table {
  readonly blocks: readonly (readonly string[])[]
  readonly bytes: readonly Uint8Array[]
}

const block = (salt: number): string[] => Array.from({ length: 1000 }, (_, i) => `${salt}.${i}`)
const table: Table = produce<Table>({ blocks: [], bytes: [] }, (draft) => {
  for (let salt = 0; salt < 500; salt++) draft.blocks.push(block(salt))
})

test('a state that shares its parts with another has that of a state that was made anew', () => {
  fingerprintOf(table)
  const next = produce(table, (draft) => {
    draft.blocks[7]?.splice(3, 1, 'changed')
  })
  assert.is.not(fingerprintOf(next), fingerprintOf(table))
  assert.is(fingerprintOf(next), fingerprintOf(decode(encode(next))))
  const back = produce(next, (draft) => {
    draft.blocks[7]?.splice(3, 1, '7.3')
  })
  assert.is(fingerprintOf(back), fingerprintOf(table))
})

test('a large part that was gone over is not gone over again, in whatever state it stands', () => {
  let looks = 0
  const get = (target: object, key: string | symbol): unknown => {
    looks += 1
    return Reflect.get(target, key)
  }
  const part = new Proxy(Object.freeze(block(0)), { get })
  const before = fingerprintOf(Object.freeze({ part, version: 1 }))
  assert.ok(looks >= 1000)
  looks = 0
  assert.is.not(fingerprintOf(Object.freeze({ part, version: 2 })), before)
  assert.is(looks, 0)
})

test('bytes are looked at again: they can be changed where they stand', () => {
  const bytes = new Uint8Array(1000)
  const state = Object.freeze({ large, bytes })
  const before = fingerprintOf(state)
  bytes[500] = 1
  assert.is.not(fingerprintOf(state), before)
})

test('so is what is not frozen', () => {
  const open = { list: [...large] }
  const before = fingerprintOf(open)
  open.list[50] = -1
  assert.is.not(fingerprintOf(open), before)
})

test.run()

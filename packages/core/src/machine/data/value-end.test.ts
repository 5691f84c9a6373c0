import { inspect } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { choiceFrom } from '../../choice.test-support.ts'
import { decode } from './decode.ts'
import { encode } from './encode.ts'
import { unknownEnd, valueEnd } from './value-end.ts'
import { nested, randomValue, short, values } from './values.test-support.ts'

const test = suite('the end of a value')

const choose = choiceFrom(7)
const random = Array.from({ length: 1000 }, () => randomValue(choose, 5))
/** Of a bigint only its reader knows what it is. */
const hasBigint = (value: unknown): boolean =>
  /\d+n/.test(inspect(value, { depth: null, maxStringLength: 0 }))
const known = [...values, ...random, nested(500)].filter((value) => !hasBigint(value))

test('a value ends where its bytes do, whatever lies around them', () => {
  assert.ok(known.length > 500, String(known.length))
  for (const value of known) {
    const bytes = Buffer.concat([Buffer.alloc(3, 0x8b), encode(value), Buffer.alloc(9, 1)])
    assert.is(valueEnd(bytes, 3, bytes.length, 0), bytes.length - 9, inspect(value))
  }
})

test('where bytes are missing no end is known', () => {
  for (const value of [...short, ...random.slice(0, 100)]) {
    const bytes = encode(value)
    const step = Math.max(1, Math.floor(bytes.length / 200))
    for (let end = 0; end < bytes.length; end += step)
      assert.is(valueEnd(bytes, 0, end, 0), unknownEnd, inspect(value))
  }
})

test('what has a known end can be decoded, however damaged', () => {
  const originals = [...short, short].map(encode)
  let [ends, unknown] = [0, 0]
  for (let run = 0; run < 100_000; run++) {
    const bytes = Uint8Array.from(originals[run % originals.length] as Uint8Array)
    for (let count = choose(3); count >= 0; count--) bytes[choose(bytes.length)] = choose(256)
    const end = valueEnd(bytes, 0, bytes.length, 0)
    if (end === unknownEnd) unknown += 1
    else decode(bytes.subarray(0, end))
    if (end !== unknownEnd) ends += 1
  }
  assert.ok(ends > 10_000 && unknown > 10_000, `${ends} ends, ${unknown} unknown`)
})

test('what its reader refuses has no known end: too long a length, too deep a value, a table, a key of another kind', () => {
  const refused = [
    [0x86, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
    [0x8b, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
    [0x90, 0, 0, 0],
    [0x8b, 1, 0x90, 0, 0, 0],
    [0x8c, 1, 5, 5],
    [0x91],
  ]
  for (const bytes of refused)
    assert.is(valueEnd(Uint8Array.from(bytes), 0, bytes.length, 0), unknownEnd, String(bytes))
  const deep = encode(nested(250))
  assert.is(valueEnd(deep, 0, deep.length, 250), deep.length)
  assert.is(valueEnd(deep, 0, deep.length, 251), unknownEnd)
})

test.run()

import { inspect } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { choiceFrom } from '../../choice.test-support.ts'
import { errorOf } from '../machine.test-support.ts'
import { encode } from './encode.ts'
import { SliceEncoder } from './slice-encoder.ts'
import { joined } from './slices.test-support.ts'
import { nested, randomValue, refused, values } from './values.test-support.ts'

const sizes = [1, 2, 3, 7, 40, 64, 1000, 4096, 1 << 21]

function encodesAlike(value: unknown, nextBytes: () => number): void {
  const bytes = joined(new SliceEncoder(value), nextBytes)
  assert.ok(Buffer.from(encode(value)).equals(bytes), inspect(value, { depth: 3 }))
}

test('the slices of any value are what encode gives, each as long as was asked for', () => {
  for (const value of [...values, values, nested(500)])
    for (const size of sizes) encodesAlike(value, () => size)
})

test('so are those of random values, in slices of random lengths', () => {
  const choose = choiceFrom(1)
  for (let run = 0; run < 1000; run++) {
    const longest = [1, 20, 3000][run % 3] as number
    encodesAlike(randomValue(choose, 5), () => 1 + choose(longest))
  }
})

test('a value that fills its slice exactly leaves no empty slice behind it', () => {
  const value = [1, [2], new Set([3])]
  const { length } = encode(value)
  assert.equal(new SliceEncoder(value).next(length), { bytes: encode(value), isLast: true })
  assert.is(new SliceEncoder(value).next(length - 1).isLast, false)
})

test('what encode refuses is refused with the same words, each time', () => {
  for (const [value] of [...refused, [nested(501)] as const])
    for (const outer of [value, { outer: [1, { 'a key': 'text' }, new Map([[1, value]])] }]) {
      const { code, message } = errorOf(() => encode(outer))
      const encoder = errorOf(() => joinedTwice(outer))
      assert.equal([encoder.code, encoder.message], [code, message])
    }
})

/** Goes on behind the first error. */
function joinedTwice(value: unknown): void {
  const encoder = new SliceEncoder(value)
  errorOf(() => joined(encoder, () => 5))
  joined(encoder, () => 5)
}

test('what is encoded between two slices changes none', () => {
  const value = values.slice(0, 40)
  const bytes = joined(new SliceEncoder(value), () => {
    encode({ another: ['value', 'x'.repeat(50)] })
    return 10
  })
  assert.ok(Buffer.from(encode(value)).equals(bytes))
})

test('a slice reads as much of the value as it needs', () => {
  let read = 0
  const item = { enumerable: true, get: () => `item ${++read}` }
  const encoder = new SliceEncoder(Object.defineProperties(new Array(10_000), Object.fromEntries(indices())))
  assert.is(read, 0)
  encoder.next(1000)
  assert.ok(read > 90 && read < 130, String(read))
  encoder.next(1)
  assert.ok(read < 130, String(read))

  function* indices(): Iterable<[string, typeof item]> {
    for (let at = 0; at < 10_000; at++) yield [String(at), item]
  }
})

test('a string longer than a slice is encoded once, and cut', () => {
  const encoder = new SliceEncoder({ text: 'x'.repeat(3 << 20) })
  const slices = Array.from({ length: 3000 }, () => encoder.next(1000).bytes)
  assert.is(new Set(slices.map(({ buffer }) => buffer)).size, 1)
})

test('lengths that are no lengths are refused', () => {
  for (const bytes of [0, -1, 1.5, Number.NaN])
    assert.throws(() => new SliceEncoder('text').next(bytes), /at least 1/)
})

test.run()

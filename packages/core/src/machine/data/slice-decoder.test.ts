import { inspect, isDeepStrictEqual } from 'node:util'
import { createDraft, enableMapSet, finishDraft, freeze } from 'immer'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { choiceFrom } from '../../choice.test-support.ts'
import type { QuorateError } from '../../errors.ts'
import { errorOf } from '../machine.test-support.ts'
import { decode } from './decode.ts'
import { encode } from './encode.ts'
import { SliceDecoder, type SliceDecoderOptions } from './slice-decoder.ts'
import { nested, randomValue, short, values } from './values.test-support.ts'

enableMapSet()

const sizes = [1, 2, 3, 7, 40, 64, 1000, 4096, 1 << 21]

/** In parts that are overwritten as soon as they were given. */
function sliced(bytes: Uint8Array, nextBytes: () => number, options?: SliceDecoderOptions): unknown {
  const decoder = new SliceDecoder(options)
  for (let at = 0; at < bytes.length; ) {
    const part = bytes.slice(at, at + nextBytes())
    at += part.length
    decoder.add(part)
    part.fill(0xff)
  }
  return decoder.finish()
}

function decodesAlike(value: unknown, nextBytes: () => number): void {
  const bytes = encode(value)
  const decoded = sliced(bytes, nextBytes)
  assert.ok(isDeepStrictEqual(decoded, decode(bytes)), inspect(value, { depth: 3 }))
  assert.ok(Buffer.from(encode(decoded)).equals(bytes), inspect(value, { depth: 3 }))
}

/** What decoding comes to, in words or bytes that can be compared. */
function outcomeOf(decoded: () => unknown): string {
  let value: unknown
  try {
    value = decoded()
  } catch (error) {
    const { code, message } = error as QuorateError
    assert.is(code, 'Malformed', String(error))
    return message.replace(/\d+ bytes are left/, 'bytes are left')
  }
  return Buffer.from(encode(value)).toString('hex')
}

/** Whether each object in it is frozen, from the outside in. */
function frozenness(value: unknown): readonly boolean[] {
  if (typeof value !== 'object' || value === null) return []
  return [Object.isFrozen(value), ...partsOf(value).flatMap(frozenness)]
}

function partsOf(value: object): readonly unknown[] {
  if (value instanceof Map) return [...value].flat()
  return value instanceof Set ? [...value] : Object.values(value)
}

test('parts of any length give the value that decode gives', () => {
  for (const value of [...values, values, nested(500)])
    for (const size of sizes) decodesAlike(value, () => size)
})

test('so do parts of random lengths, empty ones among them, of random values', () => {
  const choose = choiceFrom(1)
  for (let run = 0; run < 1000; run++) {
    const longest = [3, 20, 3000][run % 3] as number
    decodesAlike(randomValue(choose, 5), () => choose(longest))
  }
})

test('damaged bytes give what decode gives: Malformed, or the same other value', () => {
  const choose = choiceFrom(2)
  const originals = [...short, short].map(encode)
  for (let run = 0; run < 100_000; run++) {
    const bytes = Uint8Array.from(originals[run % originals.length] as Uint8Array)
    for (let count = choose(3); count >= 0; count--) bytes[choose(bytes.length)] = choose(256)
    const damaged = bytes.subarray(0, bytes.length - choose(2))
    const longest = 1 + choose(40)
    const expected = outcomeOf(() => decode(damaged))
    const outcome = outcomeOf(() => sliced(damaged, () => longest))
    // That a count is too high cannot be known before the bytes end.
    if (expected.endsWith('a count is too high')) assert.match(outcome, /^These bytes are not/)
    else assert.is(outcome, expected)
  }
})

test('as long as bytes are missing there is no value', () => {
  const bytes = encode([...short])
  const decoder = new SliceDecoder()
  for (const byte of bytes) {
    assert.match(errorOf(() => decoder.finish()).message, /they end too early/)
    decoder.add(Uint8Array.of(byte))
  }
  assert.ok(isDeepStrictEqual(decoder.finish(), short))
})

test('what is left over is an error, in the last part and behind it', () => {
  assert.match(errorOf(() => new SliceDecoder().add(Uint8Array.of(1, 2, 3))).message, /2 bytes are left over/)
  const decoder = new SliceDecoder()
  decoder.add(Uint8Array.of(1))
  decoder.add(new Uint8Array(0))
  assert.is(decoder.finish(), 1)
  assert.match(errorOf(() => decoder.add(Uint8Array.of(2))).message, /1 bytes are left over/)
})

test('behind damaged bytes nothing is read any more', () => {
  const decoder = new SliceDecoder()
  const error = errorOf(() => decoder.add(Uint8Array.of(0x95)))
  assert.is(
    errorOf(() => decoder.add(Uint8Array.of(1))),
    error,
  )
  assert.is(
    errorOf(() => decoder.finish()),
    error,
  )
})

test('a damaged count or length takes no memory but that of what has come', () => {
  for (const kind of [0x86, 0x87, 0x89, 0x8b, 0x8c, 0x8d, 0x8e]) {
    const decoder = new SliceDecoder()
    const before = process.memoryUsage()
    for (const part of [
      [kind, 0xff, 0xff],
      [0xff, 0xff, 0x7f, 0x86],
      [0x01, 0x61],
    ])
      decoder.add(Uint8Array.from(part))
    // Of a string or bytes: more than the carry begins with.
    if (kind < 0x8b) decoder.add(new Uint8Array(1000))
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    assert.ok(arrayBuffers - before.arrayBuffers < 1 << 20, `${kind}: ${arrayBuffers - before.arrayBuffers}`)
    assert.ok(heapUsed - before.heapUsed < 1 << 20, `${kind}: ${heapUsed - before.heapUsed}`)
  }
})

test('a string in many small parts is not copied again with each', () => {
  const text = 'x'.repeat(8 << 20)
  const before = performance.now()
  assert.ok(sliced(encode(text), () => 40) === text)
  // A copy for each of the 200,000 parts would take minutes.
  assert.ok(performance.now() - before < 10_000)
})

test('frozen are the same objects that immer freezes, when it is asked for', () => {
  const choose = choiceFrom(3)
  const tries = [...values, values, ...Array.from({ length: 500 }, () => randomValue(choose, 5))]
  for (const bytes of tries.map(encode)) {
    const next = () => 1 + choose(50)
    const [plain, frozen] = [decode(bytes), sliced(bytes, next, { freeze: true })]
    assert.equal(frozenness(sliced(bytes, next)), frozenness(plain))
    assert.equal(frozenness(frozen), frozenness(freeze(plain, true)))
    assert.ok(Buffer.from(encode(frozen)).equals(bytes))
  }
})

test('what is frozen cannot be changed, and its drafts can', () => {
  const original = { list: [{ n: 1 }], map: new Map([['a', { n: 1 }]]), set: new Set([{ n: 1 }]) }
  const frozen = sliced(encode(original), () => 9, { freeze: true }) as typeof original
  for (const change of [changeObject, changeMap, changeSet]) {
    assert.throws(() => change(frozen))
    const draft = createDraft(frozen)
    change(draft)
    assert.ok(!isDeepStrictEqual(finishDraft(draft), original))
    assert.ok(isDeepStrictEqual(decode(encode(frozen)), original))
  }

  function changeObject({ list }: typeof original): void {
    for (const item of list) item.n = 2
  }
  function changeMap({ map }: typeof original): void {
    map.set('b', { n: 2 })
  }
  function changeSet({ set }: typeof original): void {
    set.clear()
  }
})

test.run()

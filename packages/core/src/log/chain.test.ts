import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { digestOf } from '../digest.ts'
import { chainAfter } from './chain.ts'
import { type Chain, emptyChain } from './entry.ts'

const test = suite('chain')
const payload = (text: string): Uint8Array => new TextEncoder().encode(text)
const chainOf = (...texts: readonly string[]): Chain =>
  texts.reduce((chain, text) => chainAfter(chain, payload(text)), emptyChain)

/** The twin of `digestOf`, in whole numbers. */
function lowest53Bits(bytes: Uint8Array): number {
  const first64 = createHash('sha256').update(bytes).digest().readBigUInt64BE()
  return Number(BigInt.asUintN(53, first64))
}

function differentBits(a: number, b: number): number {
  return (BigInt(a) ^ BigInt(b)).toString(2).replaceAll('0', '').length
}

test('the digest is 53 bits of SHA-256', () => {
  for (let i = 0; i < 1000; i++) {
    const bytes = payload(`bytes ${i}`)
    assert.is(digestOf(bytes), lowest53Bits(bytes))
    assert.is(digestOf(`bytes ${i}`), lowest53Bits(bytes))
  }
})

test('the values are the same for ever: they stand in logs', () => {
  assert.is(digestOf(new Uint8Array(0)), 4719389940915220)
  assert.is(chainOf('a'), 8939676047442063)
  assert.is(chainOf('a', 'b'), 4875641886762144)
  assert.is(chainOf('a', 'b', 'c'), 4902334247009441)
})

test('the order of entries shows', () => {
  assert.is.not(chainOf('a', 'b'), chainOf('b', 'a'))
  assert.is.not(chainOf('a', 'b', 'c', 'd'), chainOf('a', 'c', 'b', 'd'))
  assert.is.not(chainOf('a', 'a'), chainOf('a'))
})

test('a chain is a number of 53 bits, and each bit of the chain before counts', () => {
  for (let bit = 0; bit < 53; bit++) {
    const changed = chainAfter((2 ** bit) as Chain, payload('entry'))
    assert.ok(Number.isSafeInteger(changed) && changed >= 0)
    assert.ok(differentBits(changed, chainAfter(emptyChain, payload('entry'))) > 8)
  }
})

test('no two chains become one by the same entry', () => {
  const after = new Set<number>()
  for (let i = 0; i < 20_000; i++) after.add(chainAfter((i * 2 ** 20) as Chain, payload('entry')))
  assert.is(after.size, 20_000)
})

test('entries of a log that repeats a few payloads all have chains of their own', () => {
  const seen = new Set<Chain>()
  let chain = emptyChain
  for (let i = 0; i < 20_000; i++) {
    chain = chainAfter(chain, payload(`${i % 3}`))
    seen.add(chain)
  }
  assert.is(seen.size, 20_000)
})

test.run()

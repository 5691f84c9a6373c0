import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compare } from './compare.ts'

const test = suite('comparing')

test('each key that differs is named in full, with both values', () => {
  const own = { size: 5, list: [1, 2], same: { a: 1 }, only: 'x' }
  const replicated = { size: 6, list: [1, 3], same: { a: 1 } }
  assert.equal(compare('service.', own, replicated), [
    { key: 'service.size', own: 5, replicated: 6 },
    { key: 'service.list.1', own: 2, replicated: 3 },
    { key: 'service.only', own: 'x', replicated: undefined },
  ])
})

test('what is not there and what is undefined are the same', () => {
  assert.equal(compare('', { a: undefined }, {}), [])
})

test('a group without configuration differs as a whole', () => {
  assert.equal(compare('service.', { a: 1 }, undefined), [
    { key: 'service', own: { a: 1 }, replicated: undefined },
  ])
})

test('an array and an object, a number and a bigint, are not the same', () => {
  assert.is(compare('a.', [1], { 0: 1 }).length, 1)
  assert.is(compare('a.', { b: 1 }, { b: 1n }).length, 1)
  assert.is(compare('a.', { b: 1n }, { b: 1n }).length, 0)
  assert.is(compare('a.', { b: new Date(1) }, { b: new Date(1) }).length, 0)
})

test('of bytes only what they are counts', () => {
  const bytes = Uint8Array.of(1, 2)
  assert.equal(compare('a.', { b: Buffer.from(bytes) }, { b: bytes }), [])
  assert.is(compare('a.', { b: Buffer.from('x') }, { b: bytes }).length, 1)
})

test.run()

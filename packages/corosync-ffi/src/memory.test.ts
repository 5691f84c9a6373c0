import { test } from 'uvu'
import { equal, is, not } from 'uvu/assert'
import { addressOf, copyMemory, copyUint32s, writeMemory } from './memory.ts'

test('a copy has the bytes and is its own memory', () => {
  const source = Buffer.from('hello world')
  const copy = copyMemory(addressOf(source) + 6n, 5)
  is(copy.toString(), 'world')
  source.fill(0)
  is(copy.toString(), 'world')
})

test('two copies share nothing', () => {
  const source = Buffer.from('abc')
  const [one, other] = [copyMemory(addressOf(source), 3), copyMemory(addressOf(source), 3)]
  one.fill(0)
  is(other.toString(), 'abc')
  not.equal(addressOf(one), addressOf(other))
})

test('nothing is read for a length of 0, whatever the address', () => {
  equal([copyMemory(0n, 0).length, copyUint32s(0n, 0).length], [0, 0])
})

test('numbers come in the order of this machine', () => {
  const source = Uint32Array.of(1, 2 ** 32 - 1, 3)
  equal(copyUint32s(addressOf(source), 3), source)
})

test('written bytes arrive, and no more than those', () => {
  const target = Buffer.from('......')
  writeMemory(addressOf(target) + 1n, Buffer.from('abc'))
  is(target.toString(), '.abc..')
  writeMemory(0n, new Uint8Array(0))
})

test.run()

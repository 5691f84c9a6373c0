import { QuorateError } from '@quorate/core'
import { addressOf } from '@quorate/corosync-ffi'
import { test } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import {
  addressListMemory,
  decodeAddresses,
  decodeDescription,
  descriptionMemory,
  encodeModelV1,
  encodeName,
  readAddresses,
  readName,
} from './cpg-memory.ts'

test('a group name: its length in bytes, then its bytes, in 132 bytes of memory', () => {
  const name = encodeName('grün')
  is(name.length, 132)
  is(new Uint32Array(name.buffer)[0], 5)
  is(Buffer.from(name.subarray(4, 9)).toString(), 'grün')
  equal(name.subarray(9), new Uint8Array(123))
})

test('a name comes back from memory as it went in, the longest too', () => {
  for (const group of ['a', 'grün', 'x'.repeat(127)]) is(readName(addressOf(encodeName(group))), group)
})

test('1 to 127 bytes without NUL can name a group, nothing else can', () => {
  for (const group of ['', 'x'.repeat(128), 'ü'.repeat(64), 'a\0b']) {
    throws(
      () => encodeName(group),
      (error: unknown) => error instanceof QuorateError && error.code === 'BadOption',
    )
  }
})

test('a length beyond the structure reads no further than the structure', () => {
  const name = encodeName('abc')
  new Uint32Array(name.buffer)[0] = 2 ** 31
  is(readName(addressOf(name)).length, 128)
})

test('addresses: node, process and the reason by its name', () => {
  const words = Uint32Array.of(1, 100, 0, 2, 200, 1, 3, 300, 2, 4, 400, 3, 5, 500, 4, 6, 600, 5)
  const reasons = ['UNDEFINED', 'JOIN', 'LEAVE', 'NODEDOWN', 'NODEUP', 'PROCDOWN']
  const expected = reasons.map((reason, i) => ({ nodeid: i + 1, pid: (i + 1) * 100, reason }))
  equal(decodeAddresses(words, 6), expected)
  equal(readAddresses(addressOf(words), 6), expected)
})

test('an unknown reason is UNDEFINED; ids use all 32 bits', () => {
  equal(decodeAddresses(Uint32Array.of(2 ** 32 - 1, 2 ** 31, 77), 1), [
    { nodeid: 2 ** 32 - 1, pid: 2 ** 31, reason: 'UNDEFINED' },
  ])
})

test('an empty list reads nothing', () => {
  equal(readAddresses(0n, 0), [])
})

test('there is room for 128 members', () => {
  is(addressListMemory().length, 128 * 3)
})

test('the model data: model, three callbacks, flags, each where C puts it', () => {
  const data = new DataView(encodeModelV1([0x11n, 0x22n, 0x33n], 1).buffer)
  is(data.byteLength, 40)
  equal([data.getUint32(0, true), data.getUint32(4, true)], [1, 0])
  equal(
    [8, 16, 24].map((offset) => data.getBigUint64(offset, true)),
    [0x11n, 0x22n, 0x33n],
  )
  is(data.getUint32(32, true), 1)
})

test('the description of an iteration: group, node, process', () => {
  const words = descriptionMemory()
  is(words.byteLength, 140)
  new Uint8Array(words.buffer).set(encodeName('demo'))
  words[33] = 7
  words[34] = 4711
  equal(decodeDescription(words), { group: 'demo', nodeid: 7, pid: 4711 })
})

test.run()

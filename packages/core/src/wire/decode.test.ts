import { Packr } from 'msgpackr'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeBody } from '../log/body.ts'
import type { EntryBody } from '../log/entry.ts'
import { fieldsOf, repairChecksum, withRest } from './bytes.test-support.ts'
import { type DecodeFault, decodeMessage } from './decode.ts'
import { encodeMessage } from './encode.ts'
import { headerBytes } from './header.ts'
import type { Message } from './messages.ts'
import { pack } from './pack.ts'
import { bodies, samples, sender } from './samples.test-support.ts'

const test = suite('decoding what comes from peers')

function encoded(name: string): Uint8Array {
  return encodeMessage(sender, samples[name] as Message)
}

function faultOf(bytes: Uint8Array): DecodeFault | 'none' {
  const decoded = decodeMessage(bytes)
  return decoded.ok ? 'none' : decoded.reason
}

/** The message `name` with its fields as `change` makes them, and a right checksum. */
function altered(name: string, change: (fields: readonly unknown[]) => unknown): Uint8Array {
  const bytes = encoded(name)
  return withRest(bytes, pack(change(fieldsOf(bytes))))
}

function replaced(name: string, place: number, value: unknown): Uint8Array {
  return altered(name, (fields) => fields.with(place, value))
}

test('what is too short for a header or begins otherwise is foreign', () => {
  const bytes = encoded('ack')
  for (let length = 0; length < headerBytes; length++)
    assert.is(faultOf(bytes.subarray(0, length)), 'foreign')
  for (let place = 0; place < 4; place++) {
    assert.is(faultOf(repairChecksum(bytes.with(place, 0))), 'foreign')
  }
})

test('each single wrong bit behind the magic shows', () => {
  const bytes = encoded('promise')
  for (let bit = 4 * 8; bit < bytes.length * 8; bit++) {
    const place = bit >>> 3
    assert.is(faultOf(bytes.with(place, Number(bytes[place]) ^ (1 << (bit & 7)))), 'damaged')
  }
})

test('another version and an unknown kind are told from damage', () => {
  assert.is(faultOf(repairChecksum(encoded('ack').with(8, 2))), 'version')
  for (const kind of [0, 12, 255]) assert.is(faultOf(repairChecksum(encoded('ack').with(9, kind))), 'kind')
})

test('a header without incarnation or with numbers beyond 53 bits is damaged', () => {
  const withoutIncarnation = encoded('ack').fill(0, 18, 26)
  assert.is(faultOf(repairChecksum(withoutIncarnation)), 'damaged')
  for (const place of [10, 18]) assert.is(faultOf(repairChecksum(encoded('ack').with(place, 1))), 'damaged')
})

test('PREPARE, PROMISE and REFUSE may have more fields than are known here', () => {
  const later = [7, null, true, 1.5, 2n ** 63n, [[], [1, [2]]]]
  for (const name of ['prepare', 'promise', 'promise-blank', 'refuse', 'refuse-room']) {
    const decoded = decodeMessage(altered(name, (fields) => [...fields, ...later]))
    assert.equal(decoded, { ok: true, ...sender, message: samples[name] })
  }
})

test('the other messages have exactly their fields', () => {
  const growing = /^(prepare|promise|refuse)/
  for (const name of Object.keys(samples).filter((name) => !growing.test(name))) {
    assert.is(faultOf(altered(name, (fields) => [...fields, null])), 'damaged', name)
  }
})

test('no field may be missing, and nothing may follow the fields', () => {
  const withRawBytes = /^(propose|entries|snapshot)/
  for (const name of Object.keys(samples)) {
    assert.is(faultOf(altered(name, (fields) => fields.slice(0, -1))), 'damaged', name)
    if (withRawBytes.test(name)) continue
    const bytes = encoded(name)
    assert.is(faultOf(withRest(bytes, Uint8Array.of(...bytes.subarray(headerBytes), 0))), 'damaged', name)
  }
})

test('no field may be of another type', () => {
  for (const [name, message] of Object.entries(samples)) {
    const count = Object.keys(fieldsOf(encodeMessage(sender, message))).length
    for (let place = 0; place < count; place++) {
      for (const wrong of [1.5, -1, Number.NaN, 2 ** 53, [[]]]) {
        assert.is(faultOf(replaced(name, place, wrong)), 'damaged', `${name}, field ${place}: ${wrong}`)
      }
    }
  }
})

const refused: readonly [what: string, name: string, place: number, value: unknown][] = [
  ['a node id beyond 32 bits', 'ack', 0, [1, 2 ** 32, 1]],
  ['a negative node id', 'ack', 0, [1, -1, 1]],
  ['an index at which counting ends', 'ack', 1, 2 ** 52 + 1],
  ['a ring as a plain number', 'prepare', 1, [1, 5]],
  ['a negative ring', 'prepare', 1, [1, -5n]],
  ['a group id of 0', 'prepare', 3, [0, [0, 0, 0]]],
  ['no voters', 'prepare', 4, [[], 0]],
  ['voters that descend', 'prepare', 4, [[2, 1], 0]],
  ['a voter named twice', 'prepare', 4, [[1, 1], 0]],
  ['an unknown quorum policy', 'prepare', 4, [[1], 2]],
  ['an unknown role', 'promise', 1, 2],
  ['a flag that is a number', 'promise', 3, 0],
  ['a fenced process without incarnation', 'promise', 9, [0]],
  ['no chain', 'promise', 13, []],
  ['versions upside down', 'promise', 16, [2, 1]],
  ['an unknown reason', 'refuse', 2, 7],
  ['a part of a reason', 'refuse', 2, 0.5],
  ['entries longer than the bytes', 'entries', 3, [2 ** 53 - 1]],
  ['empty entries', 'entries-none', 3, [0]],
]

for (const [what, name, place, value] of refused) {
  test(`${what} is damage`, () => {
    assert.is(faultOf(replaced(name, place, value)), 'damaged')
  })
}

test('entries end where their lengths say', () => {
  for (const name of ['entries', 'entries-none']) {
    const bytes = encoded(name)
    const rest = Uint8Array.of(...bytes.subarray(headerBytes), 0)
    assert.is(faultOf(withRest(bytes, rest)), 'damaged', name)
  }
})

test('nobody proposes a VIEW entry', () => {
  const tick = encoded('propose-tick')
  const propose = (body: EntryBody): Uint8Array => withRest(tick, pack(fieldsOf(tick), encodeBody(body)))
  assert.is(faultOf(propose(bodies.marker)), 'none')
  assert.is(faultOf(propose(bodies.view)), 'damaged')
})

test('-0 comes out as 0, so that equal messages have equal bytes', () => {
  const float64 = (bits: string): Buffer => Buffer.from(`cb${bits}`, 'hex')
  const bytes = Buffer.from(replaced('ack', 1, 1.5))
  float64('8000000000000000').copy(bytes, bytes.indexOf(float64('3ff8000000000000')))
  const decoded = decodeMessage(repairChecksum(bytes))
  assert.ok(decoded.ok && decoded.message.type === 'ack')
  assert.ok(Object.is(decoded.message.index, 0))
})

test('what MessagePack has beside numbers, flags and arrays is not read, where later fields may stand either', () => {
  const prepare = encoded('prepare')
  const others = [
    'text',
    { a: 1 },
    Uint8Array.of(1),
    new Date(0),
    new Map(),
    new Set([1]),
    /a/,
    new Error('e'),
  ]
  const packr = new Packr({ moreTypes: true })
  for (const other of others) {
    const rest = packr.pack([...fieldsOf(prepare), other])
    assert.is(faultOf(withRest(prepare, rest)), 'damaged', String(other))
  }
})

test.run()

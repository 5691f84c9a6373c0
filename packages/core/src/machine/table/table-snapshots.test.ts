// Tables in snapshots: their bytes, their slices, and that nothing is held when they are done.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decode } from '../data/decode.ts'
import { encode } from '../data/encode.ts'
import { Packed } from '../data/packed.ts'
import { SliceDecoder } from '../data/slice-decoder.ts'
import { SliceEncoder } from '../data/slice-encoder.ts'
import { joined } from '../data/slices.test-support.ts'
import { defineMachine } from '../define-machine.ts'
import { fingerprintOf } from '../fingerprint.ts'
import { commands, errorOf, incarnation, process as member, view } from '../machine.test-support.ts'
import { ReplicatedState, snapshotDecoder } from '../replicated-state.ts'
import { acts, BoxOffice, seat } from './box.test-support.ts'
import { Entries, encodeEntry } from './entries.ts'
import { keptOf, Table } from './table.ts'

const test = suite('tables in snapshots')

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const entries = (...keys: readonly string[]): Entries =>
  keptOf(new Table(keys.map((key) => [key, key.length]))).entries
const encoded = (table: Entries): Uint8Array => joined(new SliceEncoder(table.snapshot()), () => 7)

function decoded(bytes: Uint8Array, partBytes = bytes.length): Entries {
  const decoder = new SliceDecoder({ tables: true })
  for (let at = 0; at < bytes.length; at += partBytes) decoder.add(bytes.subarray(at, at + partBytes))
  return decoder.finish() as Entries
}

/** A tag of its own, the count, two lanes of the hash, then keys, ascending, and values. */
const golden = '900384aeaabe748492080ca486000086026131028604f09f988002'
/** As it was before there were tables. */
const tableless =
  '8b06860d71756f726174652d73746174650186036f6c64018c098605696e64657801860674696d654d7384e80300008604736565648500822a394bcdad42860876657273696f6e738c02860870726f746f636f6c0186076d616368696e650186066c696d6974738c04861073657373696f6e54696d656f75744d738460ea0000860b73657373696f6e734d61788400040000860f6f70656e436f6d6d616e64734d61788400000100860974696d6572734d617884a086010086076d656d626572738b018c0486066e6f6465696401860370696465860b696e6361726e6174696f6e018604726f6c658605766f746572860873657373696f6e738b018b080165010181018b008b00860674696d6572738b0086097363686564756c6564008c0286016e0186046c6973748b028601618d018601628a0000000000001440'

test('the bytes of a table are these', () => {
  const table = entries('a1', '', '😀')
  const bytes = hex(encoded(table))
  assert.is(bytes.slice(0, 4), '9003')
  assert.is(bytes, golden)
})

test('parts of any length give the table back, with its hash and its order', () => {
  const table = keptOf(
    new Table([...Array(100).keys()].map((at) => [`k${at}`, at % 3 ? [at] : undefined])),
  ).entries
  const bytes = encoded(table)
  for (const partBytes of [1, 2, 3, 7, 100, bytes.length]) {
    const again = decoded(bytes, partBytes)
    assert.equal([...again.pairs()], [...table.pairs()])
    assert.equal([again.size, again.low, again.high], [table.size, table.low, table.high])
    assert.is(hex(encoded(again)), hex(bytes))
  }
})

test('no other bytes have tables in them: programs that know none refuse them by name', () => {
  const bytes = encoded(entries('a'))
  const refusals = [
    () => decode(bytes),
    () => new SliceDecoder().add(bytes),
    () => decode(bytes.subarray(0, 1)),
  ]
  for (const refuse of refusals) {
    const { code, message } = errorOf(refuse)
    assert.is(code, 'Malformed')
    assert.match(message, /no value begins with 144/)
  }
  assert.is(errorOf(() => encode(entries('a'))).code, 'Unserializable')
})

test('damaged tables are refused', () => {
  const head = (...numbers: unknown[]) => [Uint8Array.of(0x90), ...numbers.map(encode)]
  const damaged: readonly (readonly [Uint8Array[], RegExp])[] = [
    [head(2, 0, 0, 'b', 1, 'a', 1), /the keys of a table are out of order/],
    [head(2, 0, 0, 'a', 1, 'a', 1), /the keys of a table are out of order/],
    [head(1, 0, 0, 5, 1), /a key is no string/],
    [head(-1, 0, 0), /a count is below 0/],
    [head(1, 'x', 0), /the heading of a table is no number/],
    [head(0.5, 0, 0), /the heading of a table is no number/],
    [head(2, 0, 0, 'a', 1), /they end too early/],
    [head(0, 0, 0, 'a'), /left over/],
  ]
  for (const [parts, message] of damaged) {
    const { code, message: said } = errorOf(() => decoded(Buffer.concat(parts)))
    assert.is(code, 'Malformed')
    assert.match(said, message)
  }
})

test('a snapshot with tables says so; one without is the same bytes as ever, and is read', () => {
  const office = new BoxOffice()
  const decoder = snapshotDecoder()
  decoder.add(office.replica.snapshot())
  assert.is((decoder.finish() as unknown[])[1], 2)
  const machine = defineMachine({
    name: 'old',
    version: 1,
    initial: () => ({ n: 1, list: ['a', new Map([['b', new Date(5)]])] }),
    reducers: {},
  })
  const replica = new ReplicatedState(machine)
  replica.apply(1, view({ participants: [member(1)] }), incarnation(1))
  assert.is(hex(replica.snapshot()), tableless)
  const restored = new ReplicatedState(machine)
  restored.restore(Buffer.from(tableless, 'hex'))
  assert.is(restored.digest(), replica.digest())
  const newer = encode([...(decode(replica.snapshot()) as unknown[])].with(1, 3))
  assert.match(errorOf(() => replica.restore(newer)).message, /has format 3; this program reads 1 to 2/)
})

test('a slice reads as much of a table as it needs', () => {
  let read = 0
  class Counted extends Entries {
    override *packedPairs(): ReturnType<Entries['packedPairs']> {
      for (const pair of super.packedPairs()) {
        read += 1
        yield pair
      }
    }
  }
  const table = new Counted()
  for (let at = 1000; at < 9999; at++) table.set(encodeEntry(`k${at}`, 'x'.repeat(91)))
  const encoder = new SliceEncoder(table)
  assert.is(read, 0)
  encoder.next(1000)
  assert.ok(read >= 9 && read <= 11, String(read))
  encoder.next(10_000)
  assert.ok(read >= 109 && read <= 111, String(read))
})

/** Values of some hundred bytes, longer than a part and shorter. */
const large = (at: number): unknown => ({ at, list: [new Date(at), 'x'.repeat(100 + (at % 7) * 100)] })

/** In parts that are overwritten as soon as they were given. */
function restoredFrom(table: Entries, partBytes: number): Entries {
  const decoder = new SliceDecoder({ freeze: true, tables: true })
  const encoder = new SliceEncoder(table.snapshot())
  for (let isLast = false; !isLast; ) {
    const slice = encoder.next(partBytes)
    const part = Uint8Array.from(slice.bytes)
    isLast = slice.isLast
    decoder.add(part)
    part.fill(0xff)
  }
  return decoder.finish() as Entries
}

test('what was restored can be looked at, saved and changed in any order', () => {
  const table = keptOf(new Table([...Array(200).keys()].map((at) => [`k${1000 + at}`, large(at)]))).entries
  const bytes = hex(encoded(table))
  for (const partBytes of [300, 1000, 1e6]) {
    const again = restoredFrom(table, partBytes)
    assert.is(hex(encoded(again)), bytes, 'before any was looked at')
    const value = again.get('k1003')
    assert.equal(value, large(3))
    assert.ok(Object.isFrozen(value) && Object.isFrozen((value as { list: unknown }).list))
    assert.is(again.get('k1003'), value)
    assert.is(again.snapshot().get('k1003'), value)
    assert.is(hex(encoded(again)), bytes, 'after one was looked at')
    const before = again.before('k1004')
    again.set(encodeEntry('k1004', 'other'))
    again.undo(before)
    again.set(encodeEntry('k1005', large(6)))
    again.set(encodeEntry('k1005', large(5)))
    assert.equal([again.low, again.high], [table.low, table.high])
    assert.equal([...again.pairs()], [...table.pairs()])
    assert.is(hex(encoded(again)), bytes, 'after all were')
  }
})

test('the bytes that were restored are held until their value was looked at', async () => {
  const encoded = Buffer.from(encode(large(1)))
  let bytes: Uint8Array | null = new Uint8Array(encoded)
  const [held, packed] = [new WeakRef(bytes), new Packed(bytes, 0, bytes.length)]
  const isHeld = async (): Promise<boolean> => {
    bytes = null
    await new Promise(setImmediate)
    collect()
    return held.deref() !== undefined
  }
  assert.ok(await isHeld())
  assert.ok(encoded.equals(packed.bytes as Uint8Array))
  assert.equal(packed.value, large(1))
  assert.not(await isHeld())
  assert.is(packed.bytes, null)
})

test('what a snapshot or a reader held is held no longer than they are', async () => {
  const office = new BoxOffice()
  const replaced: WeakRef<object>[] = []
  const replace = (): void => {
    const { seats } = office.replica.state
    for (const key of ['z9', 'node 1']) replaced.push(new WeakRef(seats.get(key) as object))
    office.act((state) => {
      for (const key of ['z9', 'node 1']) state.seats.set(key, seat('next'))
    })
  }
  let encoder: SliceEncoder | null = office.replica.captureSnapshot()
  replace()
  await new Promise(setImmediate)
  collect()
  assert.ok(
    replaced.every((value) => value.deref() !== undefined),
    'the snapshot still needs them',
  )
  joined(encoder, () => 100)
  encoder = null
  replace()
  await new Promise(setImmediate)
  collect()
  assert.equal(
    replaced.map((value) => value.deref()),
    [undefined, undefined, undefined, undefined],
  )
})

test('two replicas agree, whether they applied all or were restored on the way, in whatever order they wrote', () => {
  const [office, restored, reversed] = [new BoxOffice(), new BoxOffice(), new BoxOffice()]
  const names = [...Array(50).keys()].map((at) => `s${at}`)
  office.sell(...names)
  reversed.sell(...[...names].reverse())
  assert.is(fingerprint(office), fingerprint(reversed))
  restored.replica.restore(office.replica.snapshot())
  const body = commands([['sell', { seat: 's3', holder: 'again' }]], { first: 51, lowest: 51 })
  for (const each of [office, restored]) each.apply(body)
  assert.is(office.replica.digest(), restored.replica.digest())
  assert.is.not(fingerprint(office), fingerprint(reversed))
})

test('each difference between tables shows in their hash, and goes with it', () => {
  const base = [...Array(300).keys()].map((at): [string, unknown] => [
    `k${at}`,
    at % 7 === 0 ? { n: at } : `v${at}`,
  ])
  const hash = (table: Table<unknown>): string => {
    const { low, high } = keptOf(table).entries
    return `${low} ${high}`
  }
  const table = new Table(base)
  const known = new Map([[hash(table), 'the table itself']])
  for (const [at, [key, value]] of base.entries()) {
    const [other, otherValue] = base[(at + 1) % base.length] as [string, unknown]
    const differences: readonly (readonly [string, (of: Table<unknown>) => void])[] = [
      ['without', (of) => void of.delete(key)],
      [
        'one bit',
        (of) => void of.set(key, typeof value === 'string' ? `${value.slice(0, -1)}\u0000` : { n: at ^ 1 }),
      ],
      ['another type', (of) => void of.set(key, [value])],
      ['a negative 0', (of) => void of.set(key, -0)],
      ['a 0', (of) => void of.set(key, 0)],
      ['undefined', (of) => void of.set(key, undefined)],
      ['twice', (of) => void of.set(`${key}'`, value)],
      ['swapped', (of) => void of.set(key, otherValue).set(other, value)],
      ['moved', (of) => of.delete(key) && of.set(`${key}"`, value)],
    ]
    for (const [name, change] of differences) {
      const changed = new Table([...table])
      change(changed)
      const what = `${name} ${key}`
      assert.not(known.has(hash(changed)), `${what} and ${known.get(hash(changed))}`)
      known.set(hash(changed), what)
      for (const [back, was] of base) if (changed.get(back) !== was) changed.set(back, was)
      for (const added of [`${key}'`, `${key}"`]) changed.delete(added)
      assert.is(hash(changed), hash(table), `${what} and back`)
    }
  }
})

test('the digest sees which table an entry is in, and how many', () => {
  const digests = new Set<number>()
  for (const [left, right] of [
    [['a'], []],
    [[], ['a']],
    [[], []],
    [['a'], ['a']],
  ] as const) {
    const table = (keys: readonly string[]) => new Table(keys.map((key) => [key, 1]))
    const initial = () => ({ left: table(left), right: table(right) })
    const machine = defineMachine({ name: 'two', version: 1, initial, reducers: {} })
    digests.add(new ReplicatedState(machine).digest())
  }
  assert.is(digests.size, 4)
})

test('what is written into a table shows also where all else is large, old, and known already', () => {
  const office = new BoxOffice()
  office.act((state) => {
    state.list = [...Array(500).keys()]
  })
  office.replica.digest()
  office.sell('a1')
  const restored = new BoxOffice()
  restored.replica.restore(office.replica.snapshot())
  office.act(({ seats }) => seats.delete('a1'))
  restored.apply(commands([['act', acts.length - 1]], { first: 3, lowest: 3 }))
  assert.is(restored.replica.digest(), office.replica.digest())
  const before = fingerprintOf(keptState)
  own.set('a1', 2)
  assert.is.not(fingerprintOf(keptState), before)
})

/** Of a size from which on fingerprints are remembered. */
const own = new Table([['a1', 1]])
const keptState = Object.freeze({ list: Object.freeze([...Array(500).keys()]), own })

test('the hash is that of the entries that are there: counted anew, it is the same', () => {
  const office = new BoxOffice()
  office.sell('a', 'b', 'a')
  office.act(({ seats }) => seats.clear())
  office.sell('c', 'b', 'c')
  office.act(({ seats }) => seats.delete('b'))
  const { entries: live } = keptOf(office.seats)
  const anew = new Entries()
  for (const [key, value] of live.pairs()) anew.set(encodeEntry(key, value))
  assert.equal([anew.low, anew.high], [live.low, live.high])
})

/** Of the application alone: which command came when is part of the digest. */
function fingerprint({ replica }: BoxOffice): string {
  const { entries: live } = keptOf(replica.state.seats)
  return `${live.size} ${live.low} ${live.high}`
}

test.run()

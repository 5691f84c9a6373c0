import { inspect } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { errorOf } from '../machine.test-support.ts'
import { Table } from './table.ts'

const test = suite('table')

const keysOf = (entries: Iterable<readonly [string, unknown]>): string[] => [...entries].map(([key]) => key)
/** In the order of their UTF-16 code units. */
const sorted = ['', 'B', 'a', 'a1', 'a10', 'a2', 'ab', 'b', 'é', '\ud800', '😀', '\uffff', '\uffff\uffff']
const table = (): Table<number> => new Table([...sorted].reverse().map((key, at) => [key, at]))

test('entries are in the order of their keys, code unit by code unit', () => {
  assert.equal(keysOf(table()), sorted)
  assert.equal(keysOf(table().range({ reverse: true })), [...sorted].reverse())
  assert.equal([table().first()?.[0], table().last()?.[0]], ['', '\uffff\uffff'])
})

test('a range has the keys from one up to another, without that, and no more than its limit', () => {
  assert.equal(keysOf(table().range({ from: 'a1', below: 'b' })), ['a1', 'a10', 'a2', 'ab'])
  assert.equal(keysOf(table().range({ from: 'a0', below: 'a2', reverse: true })), ['a10', 'a1'])
  assert.equal(keysOf(table().range({ below: 'a11', reverse: true, limit: 2 })), ['a10', 'a1'])
  assert.equal(keysOf(table().range({ from: 'a', limit: 0 })), [])
  assert.equal(keysOf(table().range({ from: 'b', below: 'a' })), [])
  assert.equal(keysOf(table().range({ from: '\uffff\uffff0' })), [])
})

test('a prefix has the keys that begin with it, also where no string is above them', () => {
  assert.equal(keysOf(table().prefix('a')), ['a', 'a1', 'a10', 'a2', 'ab'])
  assert.equal(keysOf(table().prefix('a1', { reverse: true })), ['a10', 'a1'])
  assert.equal(keysOf(table().prefix('\uffff')), ['\uffff', '\uffff\uffff'])
  assert.equal(keysOf(table().prefix('', { limit: 3 })), sorted.slice(0, 3))
  assert.equal(keysOf(table().prefix('\ud83d')), ['😀'])
})

test('what is set is there until it is deleted, undefined too', () => {
  const own = new Table<number | undefined>()
  assert.is(own.set('a', 1).set('b', undefined).size, 2)
  assert.equal(
    [own.get('a'), own.has('b'), own.get('b'), own.has('c'), own.get('c')],
    [1, true, undefined, false, undefined],
  )
  assert.equal([own.delete('b'), own.delete('b'), own.size, own.first()], [true, false, 1, ['a', 1]])
  assert.equal([own.delete('a'), own.first(), own.last(), [...own]], [true, undefined, undefined, []])
})

test('a table that is cleared is as a new one, and can be filled again', () => {
  const own = table()
  const before = own.range()
  own.clear()
  assert.equal([own.size, own.first(), own.get('a'), [...own]], [0, undefined, undefined, []])
  assert.equal(keysOf(before), sorted)
  own.clear()
  assert.equal(
    [...own.set('c', 1).set('b', 2)],
    [
      ['b', 2],
      ['c', 1],
    ],
  )
})

test('as JSON a table is its entries in order, of which a table can be made again', () => {
  const text = JSON.stringify({
    seats: new Table<unknown>([
      ['b', { n: 1 }],
      ['a', [2]],
    ]),
    sold: 2,
  })
  assert.is(text, '{"seats":[["a",[2]],["b",{"n":1}]],"sold":2}')
  assert.is(JSON.stringify(new Table(JSON.parse(text).seats)), '[["a",[2]],["b",{"n":1}]]')
})

test('a table is shown as a Map is, and of a large one the first entries', () => {
  const own = new Table<unknown>([
    ['b', { n: { m: { l: 1 } } }],
    ['a', 2],
  ])
  const map = new Map<unknown, unknown>([...own])
  for (const options of [{}, { depth: 0 }, { depth: 1 }, { depth: null }, { compact: false }] as const) {
    const asMap = inspect({ in: map }, options).replace('Map(2)', 'Table(2)').replace('[Map]', '[Table]')
    assert.is(inspect({ in: own }, options), asMap)
  }
  assert.is(inspect(new Table()), 'Table(0) {}')
  assert.is(inspect(own, { maxArrayLength: 1 }), "Table(2) { 'a' => 2 } and 1 more")
  const lists = new Table([['a', [1, 2, 3]]])
  assert.is(inspect(lists, { maxArrayLength: 1 }), "Table(1) { 'a' => [ 1, ... 2 more items ] }")
  assert.is(inspect(own, { maxArrayLength: -1 }), 'Table(2) {} and 2 more')
  const many = new Table([...Array(1000).keys()].map((at) => [`k${at}`, at]))
  const [, last] = [...many].slice(98, 100)
  assert.match(inspect(many), new RegExp(`'${last?.[0]}' => ${last?.[1]}\\s*\\} and 900 more$`))
  for (const maxArrayLength of [null, Number.POSITIVE_INFINITY])
    assert.match(inspect(many, { maxArrayLength }), /'k999' => 999\s*\}$/)
})

test('whoever iterates sees the table as it was then', () => {
  const own = table()
  const [forward, back] = [own.range(), own.range({ reverse: true })]
  forward.next()
  for (const [key] of own) {
    own.delete(key)
    own.set(`${key}+`, 0)
  }
  assert.equal(keysOf(forward), sorted.slice(1))
  assert.equal(keysOf(back), [...sorted].reverse())
  assert.equal(keysOf(own).sort(), sorted.map((key) => `${key}+`).sort())
})

test('a value is a frozen copy: nothing that anybody holds writes into it', () => {
  const given = { list: [1], map: new Map([['a', { n: 1 }]]) }
  const own = new Table<typeof given>([['a', given]])
  given.list.push(2)
  ;(given.map.get('a') as { n: number }).n = 2
  const held = own.get('a') as typeof given
  assert.equal(held, { list: [1], map: new Map([['a', { n: 1 }]]) })
  assert.throws(() => held.list.push(2), /not extensible/)
  assert.throws(() => held.map.clear(), /frozen/)
})

test('update changes a value in place, or puts another there', () => {
  const own = new Table<{ list: number[]; map: Map<string, number> } | number>([
    ['a', { list: [1], map: new Map() }],
    ['b', 1],
  ])
  const before = own.get('a')
  const after = own.update('a', (value) => {
    if (typeof value === 'number') return
    value.list.push(2)
    value.map.set('x', 1)
  })
  assert.equal(after, { list: [1, 2], map: new Map([['x', 1]]) })
  assert.is(own.get('a'), after)
  assert.equal(before, { list: [1], map: new Map() })
  assert.is(
    own.update('b', (value) => (value as number) + 1),
    2,
  )
  assert.is(
    own.update('c', () => 1),
    undefined,
  )
  assert.is(own.size, 2)
  assert.throws(() =>
    own.update('a', (value) => {
      ;(value as { list: number[] }).list.push(3)
      throw new Error('in the middle')
    }),
  )
  assert.is(own.get('a'), after)
})

test('values are read only, and drafts of them are not, for the type checker too', () => {
  const own = new Table<{ list: number[] }>([['a', { list: [1] }]])
  assert.throws(() => {
    // @ts-expect-error
    own.get('a')?.list.push(2)
  })
  for (const [, value] of own.range())
    assert.throws(() => {
      // @ts-expect-error
      value.list = []
    })
  own.update('a', ({ list }) => void list.push(2))
  const again: readonly number[] | undefined = own.get('a')?.list
  assert.equal(again, [1, 2])
})

test('a value that a state cannot hold is refused, and where it is', () => {
  const own = new Table<unknown>()
  const { code, message } = errorOf(() => own.set('a1', { list: [() => 1] }))
  assert.is(code, 'Unserializable')
  assert.match(message, /^table\['a1'\]: The value at \.list\[0\] is a function/)
  assert.match(
    errorOf(() => own.set('a', own as never)).message,
    /is a Table, whose only place is a property/,
  )
  assert.is(own.size, 0)
})

test('a key is a string of bounded length; what is none is nowhere', () => {
  const own = table()
  for (const odd of [5, null, undefined, ['a'], {}] as unknown as string[]) {
    assert.equal([own.get(odd), own.has(odd), own.delete(odd)], [undefined, false, false])
    assert.match(errorOf(() => own.set(odd, 1)).message, /the key must be a string/)
  }
  own.set('k'.repeat(1024), 1)
  const long = errorOf(() => own.set('k'.repeat(1025), 1))
  assert.equal(long.code, 'BadOption')
  assert.match(long.message, /has 1025 UTF-16 code units, and may have 1024: reject such input before/)
})

test('bounds and limits that are none are refused', () => {
  for (const range of [
    { from: 1 },
    { below: null },
    { limit: -1 },
    { limit: 0.5 },
    { limit: '1' },
  ] as never[])
    assert.match(
      errorOf(() => table().range(range)).message,
      /^The range of a table: (from|below|limit) must be/,
    )
  assert.match(errorOf(() => table().prefix(1 as never)).message, /the prefix must be a string/)
})

test.run()

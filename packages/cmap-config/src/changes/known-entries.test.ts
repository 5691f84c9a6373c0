import { suite } from 'uvu'
import { equal } from 'uvu/assert'
import type { CmapChange } from '../cmap/tracking.ts'
import { type CmapValue, makeValue } from '../cmap/values.ts'
import type { CmapDifference, CmapEntry } from '../config-map.ts'
import { KnownEntries } from './known-entries.ts'
import { sameValue } from './same.ts'

const test = suite('what a tracking knows')

const value = (number: number | undefined): CmapValue | undefined =>
  number === undefined ? undefined : makeValue('uint32', number)
const entry = (key: string, number: number): CmapEntry => ({ key, ...makeValue('uint32', number) })
const number = (found: CmapValue | undefined): unknown => found?.value

/** A change of the key `k` unless told; `undefined` is a key that is not there. */
function change(before: number | undefined, after: number | undefined, key = 'k'): CmapChange {
  const event = before === undefined ? 'ADD' : after === undefined ? 'DELETE' : 'MODIFY'
  return { event, key, value: value(after), oldValue: value(before) }
}

const shown = (differences: CmapDifference[]): unknown[] =>
  differences.map(({ key, oldValue, value }) => [key, number(oldValue), number(value)])

/** Knows `entries`, of which nothing is to be told. */
function settled(...entries: CmapEntry[]): KnownEntries {
  const known = new KnownEntries()
  known.settle(entries)
  known.flush()
  return known
}

test('several changes of a key are one difference, from the value told last to the newest; by name', () => {
  const known = settled(entry('k', 1), entry('b', 1))
  for (const each of [change(1, 2), change(2, 3), change(1, undefined, 'b'), change(undefined, 7, 'a')])
    known.take(each)
  equal(shown(known.flush()), [
    ['a', undefined, 7],
    ['b', 1, undefined],
    ['k', 1, 3],
  ])
  equal(known.flush(), [])
  equal(
    known.entries.map(({ key, value }) => [key, value]),
    [
      ['a', 7],
      ['k', 3],
    ],
  )
})

test('a key that ends as it was told is none', () => {
  const known = settled(entry('k', 1))
  for (const each of [change(1, undefined), change(undefined, 2), change(2, 1)]) known.take(each)
  equal(known.flush(), [])
})

test('what came before the entries were read, and led to them, is not told', () => {
  for (const chain of [
    [change(1, 2), change(2, 3)],
    [change(3, undefined), change(undefined, 3)],
  ]) {
    const known = new KnownEntries()
    for (const each of chain) known.take(each)
    known.settle([entry('k', 3)])
    known.flush()
    equal(number(known.get('k')), 3)
  }
})

test('what comes later and led to the entries is not told either; what follows it is', () => {
  const known = settled(entry('k', 3))
  for (const each of [change(1, 2), change(2, 3), change(3, 4)]) known.take(each)
  equal(shown(known.flush()), [['k', 3, 4]])
  const gone = settled()
  for (const each of [change(1, undefined), change(undefined, 5)]) gone.take(each)
  equal(shown(gone.flush()), [['k', undefined, 5]])
})

test('every place of a read among the changes gives a history that fits', () => {
  const values = [undefined, 1, 2, 1, undefined, 3, 1]
  const changes = values.slice(1).map((after, i) => change(values[i], after))
  for (let read = 0; read < values.length; read++) {
    for (let held = 0; held <= read; held++) {
      const known = new KnownEntries()
      for (const each of changes.slice(0, held)) known.take(each)
      known.settle(values[read] === undefined ? [] : [entry('k', values[read] as number)])
      known.flush()
      let last = number(known.get('k'))
      for (const each of changes.slice(held)) {
        known.take(each)
        for (const { oldValue, value } of known.flush()) {
          equal(number(oldValue), last)
          last = number(value)
        }
      }
      equal(last, 1, `read at ${read}, ${held} held`)
    }
  }
})

test('after an interruption: what was not told is forgotten, and the entries are compared with what was', () => {
  const known = settled(entry('a', 1), entry('b', 1), entry('c', 1))
  known.take(change(1, 9, 'a'))
  known.interrupt()
  known.take(change(undefined, 5, 'd'))
  equal(known.flush(), [])
  known.settle([entry('a', 1), entry('b', 2)])
  equal(shown(known.flush()), [
    ['b', 1, 2],
    ['c', 1, undefined],
    ['d', undefined, 5],
  ])
})

test('a number that corosync counts up in place has no old value, and is told all the same', () => {
  const known = settled(entry('k', 1))
  known.take({ event: 'MODIFY', key: 'k', value: value(2), oldValue: undefined })
  equal(shown(known.flush()), [['k', 1, 2]])
})

test('the statistics map says the same value as old and new: the event counts', () => {
  const known = settled(entry('k', 1), entry('gone', 1))
  known.take({ event: 'MODIFY', key: 'k', value: value(5), oldValue: value(5) })
  known.take({ event: 'ADD', key: 'new', value: value(3), oldValue: value(3) })
  known.take({ event: 'DELETE', key: 'gone', value: value(4), oldValue: value(4) })
  equal(shown(known.flush()), [
    ['gone', 1, undefined],
    ['k', 1, 5],
    ['new', undefined, 3],
  ])
})

test('values are the same when type and value are', () => {
  const bytes = (...all: number[]): CmapValue => makeValue('binary', Uint8Array.from(all))
  const cases = [
    [undefined, undefined, true],
    [undefined, value(0), false],
    [makeValue('uint8', 1), makeValue('uint16', 1), false],
    [bytes(1, 2), bytes(1, 2), true],
    [bytes(1, 2), bytes(1, 3), false],
    [makeValue('double', Number.NaN), makeValue('double', Number.NaN), true],
  ] as const
  for (const [one, other, same] of cases) equal([sameValue(one, other), sameValue(other, one)], [same, same])
})

test.run()

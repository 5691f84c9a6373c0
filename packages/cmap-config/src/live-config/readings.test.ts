import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { firstReading, otherReadings } from './readings.ts'

const test = suite('readings')

const others: readonly [value: unknown, readings: unknown[]][] = [
  ['5', [5, 5n]],
  ['1', [1, 1n, true]],
  ['0', [0, 0n, false]],
  [' 5 ', [5, 5n]],
  ['-2.5e3', [-2500]],
  ['.5', [0.5]],
  ['+7', [7, 7n]],
  ['Yes', [true]],
  ['off', [false]],
  ['TRUE', [true]],
  ['no', [false]],
  ['', []],
  ['5x', []],
  ['0x10', []],
  ['Infinity', []],
  ['1e999', []],
  ['9007199254740993', [9007199254740993n]],
  [1, [1n, true, '1']],
  [5n, [5, '5']],
  [2.5, ['2.5']],
  [new Uint8Array([53]), []],
  [undefined, []],
]

for (const [value, readings] of others) {
  const shown = typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)
  test(`${typeof value} ${shown} may be read as other things`, () =>
    assert.equal(otherReadings(value), readings))
}

test('a bigint is a number where that is the same', () => {
  const read = (value: bigint) => firstReading({ type: 'uint64', value, length: 8 })
  assert.is(read(5n), 5)
  assert.is(read(2n ** 53n - 1n), 2 ** 53 - 1)
  assert.is(read(2n ** 53n), 2n ** 53n)
  assert.is(read(-(2n ** 53n)), -(2n ** 53n))
})

test('text stays text', () => assert.is(firstReading({ type: 'string', value: '5', length: 2 }), '5'))

test.run()

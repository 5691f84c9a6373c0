import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { RandomStream } from './random-stream.ts'

function stream(seed: number, index: number, place: number): RandomStream {
  const random = new RandomStream()
  random.seed(seed, index, place)
  return random
}

test('seed, index and place give the same numbers for ever', () => {
  const random = stream(2 ** 52 + 7, 12, 3)
  assert.equal(
    [random.fraction(), random.uuid()],
    [0.45153507256105885, 'cb000cd0-2d8d-8bdb-9a0c-109666fcd39a'],
  )
})

test('another seed, index or place gives others', () => {
  const places = [
    [1, 1, 0],
    [1, 1, 1],
    [1, 2, 0],
    [1, 2 ** 32 + 1, 0],
    [2, 1, 0],
    [2 ** 32 + 1, 1, 0],
  ] as const
  const ids = places.map(([seed, index, place]) => stream(seed, index, place).uuid())
  assert.is(new Set(ids).size, places.length)
})

test('fractions spread evenly over 0 to 1', () => {
  const tenths = new Array<number>(10).fill(0)
  for (let index = 1; index <= 10_000; index++) {
    const fraction = stream(99, index, 0).fraction()
    tenths[Math.floor(fraction * 10)] = (tenths[Math.floor(fraction * 10)] ?? 0) + 1
  }
  for (const count of tenths) assert.ok(count > 880 && count < 1120, String(tenths))
})

test('ids are UUIDs of version 8, and no two are equal', () => {
  const ids = new Set<string>()
  for (let index = 1; index <= 150_000; index++) {
    const random = stream(5, index, index % 7)
    const id = random.uuid()
    if (index % 100 === 0)
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    ids.add(id)
  }
  assert.is(ids.size, 150_000)
})

test.run()
